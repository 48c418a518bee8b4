-- ARGV: the cursor, the pattern of the names of indexes, at_most.
--
-- One step of a search of all keys. A cluster would search one of its nodes. The step is short even
-- if all of its keys have expired: Redis removes those that it meets.
local found = redis.call('SCAN', ARGV[1], 'MATCH', ARGV[2], 'COUNT', 100)
local crowded = {}
for _, index in ipairs(found[2]) do
  if redis.call('ZCARD', index) > number(ARGV[3]) then
    table.insert(crowded, index)
  end
end
return { found[1], crowded }
