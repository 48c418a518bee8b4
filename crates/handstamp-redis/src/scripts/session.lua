-- KEYS: the session, the not-before of the account.
-- ARGV: account.
local session_key, not_before_key = unpack(KEYS)
local account = unpack(ARGV)

if not live_session_in(session_key, account, clock(), instant_in(not_before_key)) then
  return false
end
return redis.call('HGETALL', session_key)
