-- As `purge_sessions.sql`, a minute after the revocation.
--
-- The clock is in a subquery, so that the index can be searched for its value. Rows are addressed
-- by their place, so that they need not be searched; they are locked, so they stay in their places.
WITH gone AS (
    DELETE FROM handstamp_sessions WHERE ctid = ANY (ARRAY(
        SELECT s.ctid
        FROM handstamp_sessions AS s
        WHERE s.revoked_at IS NOT NULL
            AND greatest(s.revoked_at + 60000, s.keep_until)
                <= (SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint)
        ORDER BY greatest(s.revoked_at + 60000, s.keep_until)
        LIMIT $1
        FOR UPDATE SKIP LOCKED
    ))
    RETURNING 1
)
SELECT count(*) AS removed FROM gone
