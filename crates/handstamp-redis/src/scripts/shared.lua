-- Functions that all scripts share: this text is put in front of each of them. Its rules are those
-- of the core, line by line: `SessionRow::is_live`, `judge`, `after` and `acknowledge`.
--
-- A session is a hash: account, generation, current, acknowledged (0 or 1), rotated_at,
-- grace_started_at, created_at, last_active, idle_expires, absolute_expires, data, and where it
-- applies keep_until, late_generation, late_in_a_row, revoked_at, revoked_for and after: the
-- not-before of sessions when the session was created. An account has a not-before of tokens without
-- a session (a string), a not-before of sessions (a hash: at, and spared, the key of the session to
-- which it does not apply) and an index: a sorted set of the ids of sessions that are not revoked, by
-- the instant of their end. A revoked token is a string, and so is a redeemed one: the instant until which it is kept. Instants
-- and durations are in milliseconds.

-- Numbers in Lua are doubles, exact up to here: the year 287396.
local FOREVER = 9007199254740991

-- The clock of this server, so that all nodes of an application use the same one.
local function clock()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

-- A value that is not a number was not written by this store. An error is better than a guess.
local function number(text)
  return tonumber(text) or error('not an entry of this store')
end

local function instant_after(instant, span)
  return math.min(math.floor(instant + span), FOREVER)
end

-- The not-before of an account, or the instant until which a revoked token is kept. nil if there is
-- no entry.
local function instant_in(key)
  local at = redis.call('GET', key)
  return at and number(at) or nil
end

-- The not-before of tokens without a session and that of sessions (0 if there is none), and spared.
local function not_before_in(tokens_key, sessions_key)
  local values = redis.call('HMGET', sessions_key, 'at', 'spared')
  local tokens = instant_in(tokens_key) or 0
  return {
    tokens = tokens,
    -- An earlier release moved that of tokens alone, which applied to sessions as well.
    sessions = math.max(values[1] and number(values[1]) or 0, tokens),
    spared = values[2] or '',
  }
end

-- A session that was created after the not-before was set is not meant, even if the not-before lies in
-- the future, because it was set by a clock that has gone back since.
local function is_before(session_key, created_at, after, not_before)
  return created_at <= not_before.sessions and after < not_before.sessions and session_key ~= not_before.spared
end

local function is_revoked_token(key, now)
  local until_then = instant_in(key)
  return until_then and now < until_then
end

-- The fields that the rules need, or nil if there is no session.
local function session_in(key)
  local values = redis.call('HMGET', key, 'account', 'generation', 'current', 'acknowledged', 'grace_started_at', 'created_at',
    'last_active', 'idle_expires', 'absolute_expires', 'keep_until', 'revoked_at', 'after', 'late_generation', 'late_in_a_row')
  if not values[1] then
    return nil
  end
  return {
    account = values[1],
    generation = number(values[2]),
    current = values[3],
    acknowledged = number(values[4]) == 1,
    grace_started_at = number(values[5]),
    created_at = number(values[6]),
    last_active = number(values[7]),
    idle_expires = number(values[8]),
    absolute_expires = number(values[9]),
    keep_until = values[10] and number(values[10]) or 0,
    revoked_at = values[11] or nil,
    after = values[12] and number(values[12]) or 0,
    late_generation = values[13] and number(values[13]) or 0,
    late_in_a_row = values[14] and number(values[14]) or 0,
  }
end

local function ends_at(session)
  return math.min(session.idle_expires, session.absolute_expires)
end

local function is_live(key, session, now, not_before)
  return not session.revoked_at
    and now < ends_at(session)
    and not is_before(key, session.created_at, session.after, not_before)
end

-- The live session of this account, or nil. Two accounts may share a tag, and so the key of a
-- session: its field account tells them apart.
local function live_session_in(key, account, now, not_before)
  local session = session_in(key)
  if session and session.account == account and is_live(key, session, now, not_before) then
    return session
  end
  return nil
end

-- How many generations in a row may continue by a late re-issue.
local MAX_LATE_GENERATIONS = 2

-- How many generations in a row were re-issued late once the current one is.
local function late_with_current(session)
  if session.late_generation == session.generation then
    return session.late_in_a_row
  elseif session.late_generation + 1 == session.generation then
    return session.late_in_a_row + 1
  else
    return 1
  end
end

local function age_of(session, now)
  return math.max(now - session.grace_started_at, 0)
end

-- Whether a late predecessor of the current token shows that no response with it arrived.
local function counts_as_late(session, presented, now)
  return age_of(session, now) > 2 * presented.grace
end

local function judge(session, presented, now)
  local age = age_of(session, now)
  if presented.generation > session.generation then
    return 'recovered'
  end
  if presented.token == session.current then
    if not session.acknowledged then
      return 'acknowledged'
    elseif age < presented.grace then
      return 'debounced'
    else
      return 'rotated'
    end
  end
  if presented.successor == session.current then
    if age <= presented.grace then
      return 'reissued'
    elseif session.acknowledged then
      return 'reused_recent'
    elseif counts_as_late(session, presented, now) and late_with_current(session) > MAX_LATE_GENERATIONS then
      return 'reused_late'
    else
      return 'reissued_late'
    end
  end
  return 'reused_stale'
end

local function is_reuse(verdict)
  return verdict == 'reused_recent' or verdict == 'reused_stale' or verdict == 'reused_late'
end

-- Marks the current generation as received by the client.
local function acknowledge(session_key, now)
  redis.call('HSET', session_key, 'acknowledged', 1, 'grace_started_at', now)
end

-- Removes sessions that have expired from an index, this many at most.
local MOST_DROPPED = 64

local function drop_expired(index, now)
  local expired = redis.call('ZCOUNT', index, '-inf', now)
  if expired > 0 then
    redis.call('ZREMRANGEBYRANK', index, 0, math.min(expired, MOST_DROPPED) - 1)
  end
end

-- Entries expire on their own, and an index with the last of its sessions. Each write to an index
-- removes the sessions that have ended, a few at once.
local function keep(session_key, index, id, session, now)
  redis.call('PEXPIREAT', session_key, math.max(ends_at(session), session.keep_until))
  drop_expired(index, now)
  redis.call('ZADD', index, ends_at(session), id)
  local last = redis.call('ZRANGE', index, 0, 0, 'REV', 'WITHSCORES')
  redis.call('PEXPIREAT', index, number(last[2]))
end

-- The entry stays for a minute, so that a driver that repeats a log-in whose answer was lost finds it.
local REMEMBERED = 60000

-- The data goes at once: it describes the client.
local function revoke(session_key, index, id, reason, now)
  redis.call('HSET', session_key, 'revoked_at', now, 'revoked_for', reason, 'data', '')
  local keep_until = redis.call('HGET', session_key, 'keep_until')
  local stays_until = math.max(now + REMEMBERED, keep_until and number(keep_until) or 0)
  redis.call('PEXPIREAT', session_key, stays_until, 'LT')
  redis.call('ZREM', index, id)
end

-- The keys of the sessions are not among KEYS: they are found in the index, in the same atomic step.
-- The tag in the keys allows that: they are in the slot of the declared keys, so a cluster has them on
-- this node.

-- The ids of sessions of an account that expire first, or with REV last: this many at most.
local function ids_in(index, now, at_most, rev)
  local after_now = '(' .. string.format('%.0f', now)
  local limit = string.format('%.0f', at_most)
  if rev then
    return redis.call('ZRANGE', index, '+inf', after_now, 'BYSCORE', 'REV', 'LIMIT', 0, limit)
  end
  return redis.call('ZRANGE', index, after_now, '+inf', 'BYSCORE', 'LIMIT', 0, limit)
end

-- Those of these sessions that are live: their ids, and the instants by which they are sorted.
local function live_among(ids, session_prefix, account, now, not_before)
  local live = {}
  for _, id in ipairs(ids) do
    local key = session_prefix .. id
    local values = redis.call('HMGET', key, 'account', 'revoked_at', 'created_at', 'rotated_at', 'last_active', 'after',
      'idle_expires', 'absolute_expires')
    if values[1] == account and not values[2] and now < math.min(number(values[7]), number(values[8])) then
      local created_at = number(values[3])
      if not is_before(key, created_at, values[6] and number(values[6]) or 0, not_before) then
        local last_used = math.max(created_at, number(values[4]), number(values[5]))
        table.insert(live, { id = id, created_at = created_at, last_used = last_used })
      end
    end
  end
  return live
end

-- One script ends no more sessions of an account than this. As many more than it returns does a list
-- read.
local MOST_ENDED = 16

-- The arguments from this one on.
local function arguments_from(first)
  local arguments = {}
  for n = first, #ARGV do
    table.insert(arguments, ARGV[n])
  end
  return arguments
end

-- A call that reads many sessions takes steps, a script for each, so that other callers never wait
-- long. ARGV: account, the prefix of the keys of sessions, at_most, how many sessions a step takes; after
-- the first step the ids of this one. Returns the ids of this step, and in the first one those of the
-- others.
local function step(index, now, rev)
  local ids, others = arguments_from(5), {}
  if #ids == 0 then
    for n, id in ipairs(ids_in(index, now, number(ARGV[3]) + MOST_ENDED, rev)) do
      table.insert(n <= number(ARGV[4]) and ids or others, id)
    end
  end
  return ids, others
end

-- More sessions than an account may have.
local MOST_THAT_STAY = 1024

-- Revokes some sessions that the not-before has ended. Returns their ids, and 1 if there are more,
-- else 0. Sessions that stay are passed over, so that they do not hide others.
local function end_revoked(index, session_prefix, account, not_before, reason, now)
  if not_before.sessions == 0 then
    return { {}, 0 }
  end
  local after_now = '(' .. string.format('%.0f', now)
  local ended, stay = {}, 0
  while stay < MOST_THAT_STAY do
    local ids = redis.call('ZRANGE', index, after_now, '+inf', 'BYSCORE', 'LIMIT', stay, MOST_ENDED)
    for _, id in ipairs(ids) do
      if #ended == MOST_ENDED then
        return { ended, 1 }
      end
      local key = session_prefix .. id
      local values = redis.call('HMGET', key, 'account', 'revoked_at', 'created_at', 'after')
      local after = values[4] and number(values[4]) or 0
      if values[1] == account and not values[2] and is_before(key, number(values[3]), after, not_before) then
        revoke(key, index, id, reason, now)
        table.insert(ended, id)
      else
        stay = stay + 1
      end
    end
    if #ids < MOST_ENDED then
      return { ended, 0 }
    end
  end
  return { ended, #ended > 0 and 1 or 0 }
end

-- Ends some sessions of an account that has too many. The candidates are those that were least
-- recently used when the store compared all, alternating with the instant of their last use. One that
-- was used since stays. One that was logged out since is one less that has to end. A purge may have ended
-- some as well since then: the index has at least as many sessions as are live.
local function end_candidates(index, session_prefix, account, now, not_before, excess, stay, candidates)
  local ended = {}
  excess = math.min(excess, redis.call('ZCARD', index) - stay)
  for n = 1, #candidates, 2 do
    if #ended >= excess then
      break
    end
    local id, last_used = candidates[n], number(candidates[n + 1])
    local key = session_prefix .. id
    local live = live_among({ id }, session_prefix, account, now, not_before)[1]
    if live and live.last_used == last_used then
      revoke(key, index, id, 'limit', now)
      table.insert(ended, id)
    elseif not live and redis.call('HGET', key, 'revoked_for') ~= 'limit' then
      excess = excess - 1
    end
  end
  return ended
end
