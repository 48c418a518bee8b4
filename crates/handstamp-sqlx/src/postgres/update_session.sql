UPDATE handstamp_sessions
SET data = CASE WHEN data = $3 THEN $4 ELSE data END
WHERE id = $2 AND account = $1
    AND revoked_at IS NULL
    AND NOT EXISTS (
        SELECT FROM handstamp_sessions_not_before AS e
        WHERE e.account = $1 AND handstamp_sessions.created_at <= e.not_before
            AND handstamp_sessions.created_after < e.not_before AND handstamp_sessions.id IS DISTINCT FROM e.spared
    )
    AND (SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint) < idle_expires
RETURNING *
