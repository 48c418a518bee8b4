-- KEYS: the session, both instants of not-before of the account.
-- ARGV: account.
local session_key, tokens_key, sessions_key = unpack(KEYS)
local account = unpack(ARGV)

if not live_session_in(session_key, account, clock(), not_before_in(tokens_key, sessions_key)) then
  return false
end
return redis.call('HGETALL', session_key)
