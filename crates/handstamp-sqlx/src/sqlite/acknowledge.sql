-- Acknowledges the token that was judged, and starts its grace window. Of two callers one finds it
-- unacknowledged.
WITH clock AS (
    SELECT CAST(round(unixepoch('subsec') * 1000) AS INTEGER) AS now
)
UPDATE handstamp_sessions AS s
SET acknowledged = true, grace_started_at = clock.now
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
    AND s.token = ?3 AND NOT s.acknowledged
RETURNING
    id, account, generation, token, acknowledged, rotated_at, grace_started_at, late_generation,
    late_in_a_row, created_at, last_active, idle_expires, absolute_expires, data, revoked_at,
    reason
