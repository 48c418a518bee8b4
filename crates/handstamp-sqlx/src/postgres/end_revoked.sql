-- Records the end of the first sessions of an account that its not-before has ended.
WITH clock AS MATERIALIZED (
    SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint AS now
),
ended AS MATERIALIZED (
    SELECT s.id
    FROM handstamp_sessions_not_before AS e
    JOIN handstamp_sessions AS s ON s.account = e.account
    WHERE e.account = $1
        AND s.revoked_at IS NULL
        AND s.created_at <= e.not_before
        AND s.created_after < e.not_before
        AND s.id IS DISTINCT FROM e.spared
    ORDER BY s.created_at, s.id
    LIMIT $3
    FOR UPDATE OF s
)
UPDATE handstamp_sessions AS s
SET revoked_at = clock.now, reason = $2, data = ''
FROM clock
WHERE s.id = ANY (ARRAY(SELECT ended.id FROM ended))
RETURNING s.id, clock.now < s.idle_expires AS was_live
