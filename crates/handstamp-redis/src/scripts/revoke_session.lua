-- KEYS: the session, both instants of not-before of the account, the index of the account.
-- ARGV: the session's id, account, reason.
local session_key, tokens_key, sessions_key, index = unpack(KEYS)
local id, account, reason = unpack(ARGV)

local now = clock()
if not live_session_in(session_key, account, now, not_before_in(tokens_key, sessions_key)) then
  return 0
end
revoke(session_key, index, id, reason, now)
return 1
