-- KEYS: both instants of not-before of the account, the index of the account.
-- ARGV: account, the prefix of the keys of sessions, at_most.
local tokens_key, sessions_key, index = unpack(KEYS)
local account, session_prefix, at_most = ARGV[1], ARGV[2], number(ARGV[3])

local now, not_before = clock(), not_before_in(tokens_key, sessions_key)
-- As if there were one more.
return end_least_used(index, session_prefix, account, now, not_before, at_most + 1)
