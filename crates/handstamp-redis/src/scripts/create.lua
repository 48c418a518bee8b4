-- KEYS: the session, both instants of not-before of the account, the index of the account.
-- ARGV: the session's id, account, id of the first refresh token, idle, absolute, keep_until (0: none),
-- data, the prefix of the keys of sessions, at_most (0: no limit), excess, how many may stay, then
-- candidates for ending.
local session_key, tokens_key, sessions_key, index = unpack(KEYS)
local id, account, token, idle, absolute, keep_until, data, session_prefix, at_most, excess, stay =
  unpack(ARGV)

if session_in(session_key) then
  return { 'existing', redis.call('HGETALL', session_key), {} }
end
local now = clock()
local not_before = not_before_in(tokens_key, sessions_key)
if number(at_most) > 0 then
  drop_expired(index, now)
  if redis.call('ZCARD', index) >= number(at_most) then
    -- The store compares the sessions in short steps, and calls again without a limit.
    return { 'full', {}, {} }
  end
end
local ended =
  end_candidates(index, session_prefix, account, now, not_before, number(excess), number(stay), arguments_from(12))
local absolute_expires = instant_after(now, number(absolute))
local session = {
  idle_expires = math.min(instant_after(now, number(idle)), absolute_expires),
  absolute_expires = absolute_expires,
  keep_until = number(keep_until),
}
redis.call('HSET', session_key,
  'account', account,
  'generation', 1,
  'current', token,
  -- The first generation replaces none, so it needs no acknowledgement.
  'acknowledged', 1,
  'rotated_at', now,
  'grace_started_at', now,
  'created_at', now,
  'last_active', now,
  'idle_expires', session.idle_expires,
  'absolute_expires', session.absolute_expires,
  'data', data)
if not_before.sessions > 0 then
  redis.call('HSET', session_key, 'after', not_before.sessions)
end
if session.keep_until > 0 then
  redis.call('HSET', session_key, 'keep_until', session.keep_until)
end
-- Read before the expiry is set, which may be now.
local written = redis.call('HGETALL', session_key)
keep(session_key, index, id, session, now)
return { 'new', written, ended }
