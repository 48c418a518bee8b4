WITH clock AS (
    SELECT CAST(round(unixepoch('subsec') * 1000) AS INTEGER) AS now
)
UPDATE handstamp_sessions AS s
SET revoked_at = clock.now, reason = ?3
FROM clock
WHERE s.id = ?2 AND s.uid = ?1
    AND s.revoked_at IS NULL
    AND clock.now < s.idle_expires
    AND s.created_at > coalesce((SELECT b.not_before FROM handstamp_not_before AS b WHERE b.uid = ?1), -1)
RETURNING id
