UPDATE handstamp_sessions
SET data = CASE WHEN data = ?3 THEN ?4 ELSE data END
WHERE id = ?2 AND account = ?1
    AND revoked_at IS NULL
    AND NOT EXISTS (
        SELECT 1 FROM handstamp_sessions_not_before AS e
        WHERE e.account = ?1 AND handstamp_sessions.created_at <= e.not_before
            AND handstamp_sessions.created_after < e.not_before AND handstamp_sessions.id IS NOT e.spared
    )
    AND (SELECT CAST(round(unixepoch('subsec') * 1000) AS INTEGER)) < idle_expires
RETURNING
    id, account, generation, token, acknowledged, rotated_at, grace_started_at, late_generation,
    late_in_a_row, created_at, last_active, idle_expires, absolute_expires, data, revoked_at,
    reason
