-- KEYS: the token as a revoked one, both instants of not-before of the account, and the session if there is one.
-- ARGV: account, revoked_from (the earliest not-before that revokes a token without a session),
-- touch_after (-1: never), purpose; then for an access token its generation, for a refresh token its
-- id, its successor's id, its generation, grace.
local token_key, tokens_key, sessions_key, session_key = unpack(KEYS)
local account, revoked_from, touch_after, purpose = unpack(ARGV)

local now = clock()
if is_revoked_token(token_key, now) then
  return 'revoked'
end
local not_before = not_before_in(tokens_key, sessions_key)
if not session_key then
  if not_before.tokens > 0 and not_before.tokens >= number(revoked_from) then
    return 'revoked'
  end
  return 'admitted'
end
local session = live_session_in(session_key, account, now, not_before)
if not session then
  return 'session_ended'
end

if purpose == 'refresh' then
  local presented = { token = ARGV[5], successor = ARGV[6], generation = number(ARGV[7]), grace = number(ARGV[8]) }
  if is_reuse(judge(session, presented, now)) then
    return 'reused'
  end
elseif not session.acknowledged and number(ARGV[5]) == session.generation then
  acknowledge(session_key, now)
end
local touch = number(touch_after)
if touch >= 0 and now >= session.last_active + touch then
  redis.call('HSET', session_key, 'last_active', now)
end
return 'admitted'
