-- Only the session as it was judged: live, and neither rotated nor acknowledged since. Of two callers
-- one finds it so.
WITH clock AS (
    SELECT CAST(round(unixepoch('subsec') * 1000) AS INTEGER) AS now
)
UPDATE handstamp_sessions AS s
SET revoked_at = clock.now, reason = ?6, data = ''
FROM clock
WHERE s.id = ?2 AND s.account = ?1
    AND s.revoked_at IS NULL
    AND clock.now < s.idle_expires
    AND NOT EXISTS (
        SELECT 1 FROM handstamp_sessions_not_before AS e
        WHERE e.account = ?1 AND s.created_at <= e.not_before
            AND s.created_after < e.not_before AND s.id IS NOT e.spared
    )
    AND clock.now >= coalesce(
        (SELECT r.until FROM handstamp_revoked_tokens AS r WHERE r.account = ?1 AND r.token = ?3), 0
    )
    AND s.generation = ?4 AND s.token = ?5 AND s.acknowledged = ?7
RETURNING id
