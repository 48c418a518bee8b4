-- KEYS: both instants of not-before of the account, the index of the account.
-- ARGV: those of a step.
local tokens_key, sessions_key, index = unpack(KEYS)
local account, session_prefix = unpack(ARGV)

local now = clock()
local ids, others = step(index, now, true)
local rows = {}
for _, live in ipairs(live_among(ids, session_prefix, account, now, not_before_in(tokens_key, sessions_key))) do
  table.insert(rows, { live.id, redis.call('HGETALL', session_prefix .. live.id) })
end
return { rows, others }
