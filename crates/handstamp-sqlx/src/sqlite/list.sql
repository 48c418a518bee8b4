WITH clock AS (
    SELECT CAST(round(unixepoch('subsec') * 1000) AS INTEGER) AS now
)
SELECT
    s.id, s.account, s.generation, s.token, s.acknowledged, s.rotated_at, s.grace_started_at,
    s.late_generation, s.late_in_a_row, s.created_at, s.last_active, s.idle_expires,
    s.absolute_expires, s.data, s.revoked_at, s.reason
FROM clock
JOIN handstamp_sessions AS s ON s.account = ?1
WHERE s.revoked_at IS NULL
    AND clock.now < s.idle_expires
    AND NOT EXISTS (
        SELECT 1 FROM handstamp_sessions_not_before AS e
        WHERE e.account = ?1 AND s.created_at <= e.not_before
            AND s.created_after < e.not_before AND s.id IS NOT e.spared
    )
ORDER BY s.created_at DESC, s.id DESC
LIMIT ?2
