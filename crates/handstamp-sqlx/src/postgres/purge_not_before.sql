WITH over AS MATERIALIZED (
    SELECT b.uid
    FROM handstamp_not_before AS b
    WHERE b.forget_at <= (SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint)
    ORDER BY b.forget_at
    LIMIT $1
    FOR UPDATE SKIP LOCKED
),
gone AS (
    DELETE FROM handstamp_not_before AS b USING over WHERE b.uid = over.uid
    RETURNING 1
)
SELECT count(*) AS removed FROM gone
