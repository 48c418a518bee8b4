WITH clock AS MATERIALIZED (
    SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint AS now
)
UPDATE handstamp_sessions AS s
SET revoked_at = clock.now, reason = $3, data = ''
FROM clock
WHERE s.id = $2 AND s.account = $1
    AND s.revoked_at IS NULL
    AND clock.now < s.idle_expires
    AND NOT EXISTS (
        SELECT FROM handstamp_sessions_not_before AS e
        WHERE e.account = $1 AND s.created_at <= e.not_before
            AND s.created_after < e.not_before AND s.id IS DISTINCT FROM e.spared
    )
RETURNING s.id
