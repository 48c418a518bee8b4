WITH asked AS (
    SELECT
        each.value ->> '$[0]' AS key,
        each.value ->> '$[1]' AS interval,
        CAST(round(unixepoch('subsec') * 1000) AS INTEGER) * 1000 AS decided_at,
        CAST(round(unixepoch('subsec') * 1000) AS INTEGER) * 1000 + (each.value ->> '$[2]') AS empty,
        each.value ->> '$[3]' AS skew
    FROM json_each(?1) AS each
), judged AS (
    SELECT
        a.key,
        CASE WHEN l.full_at > a.empty + a.skew THEN a.empty ELSE max(coalesce(l.full_at, 0), a.decided_at) + a.interval END AS after,
        a.empty
    FROM asked AS a
    LEFT JOIN handstamp_limits AS l ON l.key = a.key
)
INSERT INTO handstamp_limits (key, full_at)
SELECT j.key, j.after FROM judged AS j
WHERE NOT EXISTS (SELECT 1 FROM judged AS other WHERE other.after > other.empty)
ON CONFLICT (key) DO UPDATE SET full_at = excluded.full_at
RETURNING key, full_at, CAST(round(unixepoch('subsec') * 1000) AS INTEGER) * 1000 AS decided_at
