SELECT CAST(round(unixepoch('subsec') * 1000) AS INTEGER) * 1000 AS decided_at, coalesce(l.full_at, 0) AS full_at
FROM json_each(?1) AS asked
LEFT JOIN handstamp_limits AS l ON l.key = asked.value ->> '$[0]'
ORDER BY asked.key
