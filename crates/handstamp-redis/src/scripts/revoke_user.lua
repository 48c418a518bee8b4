-- KEYS: the user's not-before, the user's index.
-- ARGV: uid, what stands before a session's id in its key, reason, keep, which; then of `all_but` the id of the session
-- that stays, of `before` the instant.
--
-- The keys of the sessions are not among KEYS: which they are is found in the index, in the same atomic step. That is
-- what the tag in the keys is for: they are in the slot of the keys that are declared, so a cluster has them on this node.
local not_before_key, index = unpack(KEYS)
local uid, session_prefix, reason, keep_for, which = unpack(ARGV)

local now = clock()
local old = instant_in(not_before_key)

-- Which are live is asked before the not-before moves.
local live = {}
for _, id in ipairs(redis.call('ZRANGE', index, 0, -1)) do
  local session = live_session_in(session_prefix .. id, uid, now, old)
  if session then
    table.insert(live, { id = id, created_at = session.created_at })
  end
end

local before = nil
if which == 'all' then
  before = now
elseif which == 'before' then
  before = math.min(number(ARGV[6]), now)
end
if before then
  -- It never moves back, and is kept for the longer of two spans.
  local forget_at = math.max(instant_after(now, number(keep_for)), redis.call('PEXPIRETIME', not_before_key))
  redis.call('SET', not_before_key, math.max(before, old or 0), 'PXAT', forget_at)
end

local revoked = {}
for _, session in ipairs(live) do
  local is_meant
  if which == 'all' then
    -- Also one that a clock which went back made in the future.
    is_meant = true
  elseif which == 'all_but' then
    is_meant = session.id ~= ARGV[6]
  else
    is_meant = session.created_at <= before
  end
  if is_meant then
    revoke(session_prefix .. session.id, index, session.id, reason, now)
    table.insert(revoked, session.id)
  end
end
redis.call('ZREMRANGEBYSCORE', index, '-inf', now)
return revoked
