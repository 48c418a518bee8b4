UPDATE handstamp_limits SET full_at = max(0, full_at - given.interval)
FROM (SELECT each.value ->> '$[0]' AS key, each.value ->> '$[1]' AS interval FROM json_each(?1) AS each) AS given
WHERE handstamp_limits.key = given.key
