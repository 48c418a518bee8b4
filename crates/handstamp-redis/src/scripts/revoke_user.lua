-- KEYS: both instants of not-before of the account, the index of the account.
-- ARGV: account, the prefix of the keys of sessions, reason, keep, which; then for `all_but` the id of
-- the session that stays, for `before` the instant.
local tokens_key, sessions_key, index = unpack(KEYS)
local account, session_prefix, reason, keep_for, which = unpack(ARGV)

local now = clock()
local old = not_before_in(tokens_key, sessions_key)
local tokens, sessions, spared = nil, now, ''
if which == 'before' then
  tokens = math.min(number(ARGV[6]), now)
  sessions = tokens
  -- The session that is spared stays so unless it is from before that instant itself.
  local created_at = old.spared ~= '' and redis.call('HGET', old.spared, 'created_at')
  if created_at and number(created_at) > sessions then
    spared = old.spared
  end
else
  if which == 'all' then
    tokens = now
  elseif redis.call('ZCOUNT', index, '(' .. string.format('%.0f', now), '+inf') == 0 then
    return { {}, 0 }
  elseif live_session_in(session_prefix .. ARGV[6], account, now, old) then
    -- A session that has ended is not revived.
    spared = session_prefix .. ARGV[6]
  end
  -- Includes a session that was created in the future, by a clock that has gone back since: it is
  -- among the last to expire.
  for _, session in ipairs(live_among(ids_in(index, now, 64, true), session_prefix, account, now, old)) do
    sessions = math.max(sessions, session.created_at)
  end
  -- Later than the former one, which does not apply to sessions that were created after it.
  sessions = math.max(sessions, old.sessions + 1)
end

-- A not-before never moves back, and is kept for the longer of two durations.
local forget_at = instant_after(now, number(keep_for))
if tokens then
  local expires = math.max(forget_at, redis.call('PEXPIRETIME', tokens_key))
  redis.call('SET', tokens_key, math.max(tokens, old.tokens), 'PXAT', expires)
end
local not_before = { sessions = math.max(sessions, old.sessions), spared = spared }
local expires = math.max(forget_at, redis.call('PEXPIRETIME', sessions_key))
redis.call('HSET', sessions_key, 'at', not_before.sessions, 'spared', spared)
redis.call('PEXPIREAT', sessions_key, expires)

drop_expired(index, now)
local answer = end_revoked(index, session_prefix, account, not_before, reason, now)
if which == 'before' then
  -- Sessions to which the not-before does not apply, because a clock was ahead when it was set.
  for _, session in ipairs(live_among(ids_in(index, now, MOST_THAT_STAY), session_prefix, account, now, not_before)) do
    if session.created_at <= tokens then
      revoke(session_prefix .. session.id, index, session.id, reason, now)
      table.insert(answer[1], session.id)
    end
  end
end
return answer
