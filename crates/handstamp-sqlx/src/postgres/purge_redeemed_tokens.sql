WITH gone AS (
    DELETE FROM handstamp_redeemed_tokens WHERE ctid = ANY (ARRAY(
        SELECT r.ctid
        FROM handstamp_redeemed_tokens AS r
        WHERE r.until <= (SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint)
        ORDER BY r.until
        LIMIT $1
        FOR UPDATE SKIP LOCKED
    ))
    RETURNING 1
)
SELECT count(*) AS removed FROM gone
