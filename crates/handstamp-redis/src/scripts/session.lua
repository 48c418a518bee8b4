-- KEYS: the session, the not-before of the account.
-- ARGV: uid.
local session_key, not_before_key = unpack(KEYS)
local uid = unpack(ARGV)

if not live_session_in(session_key, uid, clock(), instant_in(not_before_key)) then
  return false
end
return redis.call('HGETALL', session_key)
