-- KEYS: the token as a redeemed one, as a revoked one, and the not-before of tokens of the account.
-- ARGV: the instant at which it was issued, that until which it is kept.
local redeemed_key, revoked_key, tokens_key = unpack(KEYS)
local issued_at, until_then = number(ARGV[1]), number(ARGV[2])

local now = clock()
if until_then <= now then
  return 'expired'
end
local not_before = instant_in(tokens_key)
if is_revoked_token(revoked_key, now) or not_before and issued_at <= not_before then
  return 'revoked'
end
if now < (instant_in(redeemed_key) or 0) then
  return 'again'
end
redis.call('SET', redeemed_key, until_then, 'PXAT', until_then)
return 'first'
