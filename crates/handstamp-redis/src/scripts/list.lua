-- KEYS: the not-before of the account, the index of the account.
-- ARGV: account, the prefix of the keys of sessions. `revoke_user.lua` explains why that is enough for
-- a cluster.
local not_before_key, index = unpack(KEYS)
local account, session_prefix = unpack(ARGV)

local now = clock()
local not_before = instant_in(not_before_key)
local rows = {}
for _, id in ipairs(redis.call('ZRANGE', index, '(' .. string.format('%.0f', now), '+inf', 'BYSCORE')) do
  local session_key = session_prefix .. id
  if live_session_in(session_key, account, now, not_before) then
    table.insert(rows, { id, redis.call('HGETALL', session_key) })
  end
end
return rows
