-- KEYS: the session, both instants of not-before of the account.
-- ARGV: account, the data that is replaced, the new data.
local session_key, tokens_key, sessions_key = unpack(KEYS)
local account, expected, data = unpack(ARGV)

if not live_session_in(session_key, account, clock(), not_before_in(tokens_key, sessions_key)) then
  return false
end
if redis.call('HGET', session_key, 'data') == expected then
  redis.call('HSET', session_key, 'data', data)
end
return redis.call('HGETALL', session_key)
