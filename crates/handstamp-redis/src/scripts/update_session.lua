-- KEYS: the session, the not-before of the account.
-- ARGV: uid, data.
local session_key, not_before_key = unpack(KEYS)
local uid, data = unpack(ARGV)

if not live_session_in(session_key, uid, clock(), instant_in(not_before_key)) then
  return false
end
redis.call('HSET', session_key, 'data', data)
return redis.call('HGETALL', session_key)
