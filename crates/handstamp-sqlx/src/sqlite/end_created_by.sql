-- Ends sessions to which the not-before does not apply, because a clock was ahead when it was set.
UPDATE handstamp_sessions
SET revoked_at = ?3, reason = ?4, data = ''
WHERE id IN (
    SELECT s.id
    FROM handstamp_sessions_not_before AS e
    CROSS JOIN handstamp_sessions AS s ON s.account = e.account
    WHERE e.account = ?1
        AND s.revoked_at IS NULL
        AND s.created_at <= min(?2, ?3)
        AND s.created_after >= e.not_before
    ORDER BY s.created_at, s.id
    LIMIT 1024
)
RETURNING id, ?3 < idle_expires AS was_live
