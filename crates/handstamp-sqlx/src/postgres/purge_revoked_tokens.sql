WITH over AS MATERIALIZED (
    SELECT r.uid, r.token
    FROM handstamp_revoked_tokens AS r
    WHERE r.until <= (SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint)
    ORDER BY r.until
    LIMIT $1
    FOR UPDATE SKIP LOCKED
),
gone AS (
    DELETE FROM handstamp_revoked_tokens AS r USING over WHERE r.uid = over.uid AND r.token = over.token
    RETURNING 1
)
SELECT count(*) AS removed FROM gone
