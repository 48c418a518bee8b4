-- KEYS: the session, the not-before of the account.
-- ARGV: account, data.
local session_key, not_before_key = unpack(KEYS)
local account, data = unpack(ARGV)

if not live_session_in(session_key, account, clock(), instant_in(not_before_key)) then
  return false
end
redis.call('HSET', session_key, 'data', data)
return redis.call('HGETALL', session_key)
