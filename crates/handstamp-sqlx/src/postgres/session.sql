WITH clock AS MATERIALIZED (
    SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint AS now
)
SELECT s.*
FROM clock
JOIN handstamp_sessions AS s ON s.id = $2 AND s.account = $1
WHERE s.revoked_at IS NULL
    AND clock.now < s.idle_expires
    AND NOT EXISTS (
        SELECT FROM handstamp_sessions_not_before AS e
        WHERE e.account = $1 AND s.created_at <= e.not_before
            AND s.created_after < e.not_before AND s.id IS DISTINCT FROM e.spared
    )
