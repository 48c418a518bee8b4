-- KEYS: both instants of not-before of the account, the index of the account.
-- ARGV: account, the prefix of the keys of sessions, at_most.
local tokens_key, sessions_key, index = unpack(KEYS)
local account, session_prefix, at_most = ARGV[1], ARGV[2], number(ARGV[3])

local now = clock()
local not_before = not_before_in(tokens_key, sessions_key)
local live = live_sessions(index, session_prefix, account, now, not_before, at_most + MOST_ENDED, true)
table.sort(live, function(a, b)
  if a.created_at ~= b.created_at then
    return a.created_at > b.created_at
  end
  return a.id > b.id
end)
local rows = {}
for n = 1, math.min(#live, at_most) do
  table.insert(rows, { live[n].id, redis.call('HGETALL', session_prefix .. live[n].id) })
end
return { rows, #live > at_most and 1 or 0 }
