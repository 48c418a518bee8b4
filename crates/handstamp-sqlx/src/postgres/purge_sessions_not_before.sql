WITH gone AS (
    DELETE FROM handstamp_sessions_not_before WHERE ctid = ANY (ARRAY(
        SELECT b.ctid
        FROM handstamp_sessions_not_before AS b
        WHERE b.forget_at <= (SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint)
        ORDER BY b.forget_at
        LIMIT $1
        FOR UPDATE SKIP LOCKED
    ))
    RETURNING 1
)
SELECT count(*) AS removed FROM gone
