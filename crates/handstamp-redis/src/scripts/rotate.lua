-- KEYS: the session, the token as a revoked one, both instants of not-before of the account, the
-- index of the account.
-- ARGV: the session's id, account, the token's id, its successor's id, its generation, grace, idle,
-- acknowledged.
local session_key, token_key, tokens_key, sessions_key, index = unpack(KEYS)
local id, account, token, successor, generation, grace, idle, acknowledged = unpack(ARGV)

local now = clock()
if is_revoked_token(token_key, now) then
  return { 'revoked' }
end
local session = live_session_in(session_key, account, now, not_before_in(tokens_key, sessions_key))
if not session then
  return { 'ended' }
end

local presented = { token = token, successor = successor, generation = number(generation), grace = number(grace) }
local verdict = judge(session, presented, now)

if is_reuse(verdict) then
  revoke(session_key, index, id, 'reused', now)
  return { verdict }
end
if verdict == 'acknowledged' then
  acknowledge(session_key, now)
elseif verdict == 'reissued_late' and counts_as_late(session, presented, now) then
  redis.call('HSET', session_key, 'late_generation', session.generation, 'late_in_a_row', late_with_current(session))
end
if verdict ~= 'rotated' and verdict ~= 'recovered' then
  return { verdict, redis.call('HGETALL', session_key) }
end

session.idle_expires = math.min(instant_after(now, number(idle)), session.absolute_expires)
if verdict == 'rotated' then
  redis.call('HSET', session_key, 'generation', session.generation + 1, 'current', successor, 'acknowledged', acknowledged)
else
  -- A token that is presented has been received.
  redis.call('HSET', session_key, 'generation', presented.generation, 'current', token, 'acknowledged', 1)
end
redis.call('HSET', session_key, 'rotated_at', now, 'grace_started_at', now, 'idle_expires', session.idle_expires)
-- Read before the expiry is set, which may be now.
local written = redis.call('HGETALL', session_key)
keep(session_key, index, id, session, now)
return { verdict, written }
