-- A subquery for the clock, whose value the index can be searched for.
WITH over AS MATERIALIZED (
    SELECT s.id
    FROM handstamp_sessions AS s
    WHERE greatest(s.idle_expires, s.keep_until)
        <= (SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint)
    ORDER BY greatest(s.idle_expires, s.keep_until)
    LIMIT $1
    FOR UPDATE SKIP LOCKED
),
gone AS (
    DELETE FROM handstamp_sessions AS s USING over WHERE s.id = over.id
    RETURNING 1
)
SELECT count(*) AS removed FROM gone
