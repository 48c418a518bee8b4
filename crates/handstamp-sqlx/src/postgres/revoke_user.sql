-- Revokes each session on its own, so that the row alone decides whether a session is live. A
-- session that is being created at the same time is not seen here, and stays live: it counts as
-- created after this.
--
-- Locks are taken in one order, so that two callers never wait for each other: the not-before of
-- the account, then the sessions by their ids.
WITH clock AS MATERIALIZED (
    SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint AS now
),
remembered AS (
    INSERT INTO handstamp_not_before AS b (account, not_before, forget_at)
    SELECT $1, least($4, clock.now), clock.now + $5 FROM clock WHERE $4 IS NOT NULL
    ON CONFLICT (account) DO UPDATE SET
        not_before = greatest(b.not_before, excluded.not_before),
        forget_at = greatest(b.forget_at, excluded.forget_at)
    RETURNING b.account
),
live AS MATERIALIZED (
    SELECT s.id
    FROM (SELECT count(*) FROM remembered) AS locked_first
    CROSS JOIN clock
    JOIN handstamp_sessions AS s ON s.account = $1
    WHERE s.revoked_at IS NULL
        AND clock.now < s.idle_expires
        AND CASE $2
            WHEN 'all' THEN true
            WHEN 'all_but' THEN s.id <> $3
            ELSE s.created_at <= least($4, clock.now)
        END
    ORDER BY s.id
    FOR UPDATE OF s
)
UPDATE handstamp_sessions AS s
SET revoked_at = clock.now, reason = $6, data = ''
FROM clock
WHERE s.id = ANY (ARRAY(SELECT live.id FROM live))
RETURNING s.id
