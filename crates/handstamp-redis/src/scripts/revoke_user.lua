-- KEYS: the not-before of the account, the index of the account.
-- ARGV: account, the prefix of the keys of sessions, reason, keep, which; then for `all_but` the id of
-- the session that stays, for `before` the instant.
--
-- The keys of the sessions are not among KEYS: they are found in the index, in the same atomic
-- step. The tag in the keys allows that: they are in the slot of the declared keys, so a cluster
-- has them on this node.
local not_before_key, index = unpack(KEYS)
local account, session_prefix, reason, keep_for, which = unpack(ARGV)

local now = clock()
local old = instant_in(not_before_key)

-- The live sessions are determined before the not-before moves.
local live = {}
for _, id in ipairs(redis.call('ZRANGE', index, 0, -1)) do
  local session = live_session_in(session_prefix .. id, account, now, old)
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
  -- A not-before never moves back, and is kept for the longer of two durations.
  local forget_at = math.max(instant_after(now, number(keep_for)), redis.call('PEXPIRETIME', not_before_key))
  redis.call('SET', not_before_key, math.max(before, old or 0), 'PXAT', forget_at)
end

local revoked = {}
for _, session in ipairs(live) do
  local is_meant
  if which == 'all' then
    -- Includes a session that was created in the future, by a clock that has gone back since.
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
