-- KEYS: buckets, each the instant at which it is full again. ARGV: the interval of each. All of
-- them, and the clock, are in microseconds. The rule is that of `Quota::refund`. A bucket without
-- an entry is full.
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
for n, key in ipairs(KEYS) do
  local full_at = (instant_in(key) or 0) - number(ARGV[n])
  if full_at > now then
    redis.call('SET', key, string.format('%.0f', full_at), 'PXAT', string.format('%.0f', math.ceil(full_at / 1000)))
  else
    redis.call('DEL', key)
  end
end
return 1
