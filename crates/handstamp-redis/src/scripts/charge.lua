-- KEYS: buckets, each the instant at which it is full again. ARGV: the interval, the capacity and the skew of
-- each. All of them, and the clock, are in microseconds. The rule is that of `Quota::charge`.
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local before, after, charged = {}, {}, 1
for n, key in ipairs(KEYS) do
  local interval, empty, skew = number(ARGV[3 * n - 2]), now + number(ARGV[3 * n - 1]), number(ARGV[3 * n])
  local full_at = instant_in(key) or 0
  before[n] = full_at
  if full_at > empty + skew then
    after[n] = empty
  else
    after[n] = math.max(full_at, now) + interval
    if after[n] > empty then
      charged = 0
    end
  end
end
if charged == 0 then
  return { 0, now, before }
end
for n, key in ipairs(KEYS) do
  redis.call('SET', key, string.format('%.0f', after[n]), 'PXAT', string.format('%.0f', math.ceil(after[n] / 1000)))
end
return { 1, now, after }
