-- KEYS: both instants of not-before of the account, the index of the account.
-- ARGV: those of a step.
--
-- When sessions were last used, of an account that may have too many; 0 for those that have ended.
local tokens_key, sessions_key, index = unpack(KEYS)
local account, session_prefix = unpack(ARGV)

local now = clock()
local ids, others = step(index, now)
local last_used = {}
for _, live in ipairs(live_among(ids, session_prefix, account, now, not_before_in(tokens_key, sessions_key))) do
  last_used[live.id] = live.last_used
end
local uses = {}
for _, id in ipairs(ids) do
  table.insert(uses, { id, last_used[id] or 0 })
end
return { uses, others }
