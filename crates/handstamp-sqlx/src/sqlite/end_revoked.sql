-- Records the end of the first sessions of an account that its not-before has ended.
WITH clock AS (
    SELECT CAST(round(unixepoch('subsec') * 1000) AS INTEGER) AS now
)
UPDATE handstamp_sessions
SET revoked_at = (SELECT clock.now FROM clock), reason = ?2, data = ''
WHERE id IN (
    SELECT s.id
    FROM handstamp_sessions_not_before AS e
    CROSS JOIN handstamp_sessions AS s ON s.account = e.account
    WHERE e.account = ?1
        AND s.revoked_at IS NULL
        AND s.created_at <= e.not_before
        AND s.created_after < e.not_before
        AND s.id IS NOT e.spared
    ORDER BY s.created_at, s.id
    LIMIT ?3
)
RETURNING id, (SELECT clock.now FROM clock) < idle_expires AS was_live
