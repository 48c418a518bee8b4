-- KEYS: both instants of not-before of the account, the index of the account.
-- ARGV: account, the prefix of the keys of sessions, excess, how many may stay, then candidates.
local tokens_key, sessions_key, index = unpack(KEYS)
local account, session_prefix, excess, stay = ARGV[1], ARGV[2], number(ARGV[3]), number(ARGV[4])

local now, not_before = clock(), not_before_in(tokens_key, sessions_key)
return end_candidates(index, session_prefix, account, now, not_before, excess, stay, arguments_from(5))
