-- KEYS: both instants of not-before of the account, the index of the account.
-- ARGV: account, the prefix of the keys of sessions, reason.
local tokens_key, sessions_key, index = unpack(KEYS)
local account, session_prefix, reason = unpack(ARGV)

local now = clock()
drop_expired(index, now)
local not_before = not_before_in(tokens_key, sessions_key)
return end_revoked(index, session_prefix, account, not_before, reason, now)
