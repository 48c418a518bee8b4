WITH removed AS (
    DELETE FROM handstamp_limits WHERE ctid = ANY (ARRAY (
        SELECT l.ctid FROM handstamp_limits AS l
        WHERE l.full_at <= floor(extract(epoch FROM clock_timestamp()) * 1000000)::bigint
        LIMIT $1
        FOR UPDATE SKIP LOCKED
    ))
    RETURNING 1
)
SELECT count(*) AS removed FROM removed
