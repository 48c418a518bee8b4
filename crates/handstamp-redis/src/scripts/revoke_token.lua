-- KEYS: the token as a revoked one.
-- ARGV: the instant until which it is kept.
local until_then = number(ARGV[1])
if until_then > clock() and until_then > (instant_in(KEYS[1]) or 0) then
  redis.call('SET', KEYS[1], until_then, 'PXAT', until_then)
end
return 1
