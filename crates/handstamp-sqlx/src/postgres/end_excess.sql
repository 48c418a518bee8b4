-- Ends sessions of an account that has too many, as `create.sql` does without a new one.
WITH clock AS MATERIALIZED (
    SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint AS now
),
live AS MATERIALIZED (
    SELECT s.id, greatest(s.created_at, s.rotated_at, s.last_active) AS last_used
    FROM clock
    JOIN handstamp_sessions AS s ON s.account = $1
    WHERE s.revoked_at IS NULL
        AND clock.now < s.idle_expires
        AND NOT EXISTS (
            SELECT FROM handstamp_sessions_not_before AS e
            WHERE e.account = $1 AND s.created_at <= e.not_before
            AND s.created_after < e.not_before AND s.id IS DISTINCT FROM e.spared
        )
    ORDER BY s.created_at, s.id
    LIMIT $2 + 16
),
-- More than end, for log-ins at the same time.
candidates AS MATERIALIZED (
    SELECT live.id, live.last_used FROM live ORDER BY live.last_used, live.id LIMIT 32
),
-- Of two log-ins at once, the second ends other sessions than the first.
least_used AS MATERIALIZED (
    SELECT s.id
    FROM handstamp_sessions AS s
    JOIN candidates ON candidates.id = s.id
    WHERE s.revoked_at IS NULL
    ORDER BY candidates.last_used, s.id
    LIMIT least(greatest((SELECT count(*) FROM live) - $2, 0), 16)
    FOR UPDATE OF s SKIP LOCKED
),
ended AS (
    UPDATE handstamp_sessions AS s
    SET revoked_at = clock.now, reason = 'limit', data = ''
    FROM clock
    WHERE s.id = ANY (ARRAY(SELECT least_used.id FROM least_used))
    RETURNING s.id
)
SELECT ended.id FROM ended
