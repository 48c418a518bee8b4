WITH batch AS (
    SELECT l.key FROM handstamp_limits AS l WHERE l.key > $2 ORDER BY l.key LIMIT $1
), removed AS (
    DELETE FROM handstamp_limits AS l USING batch
    WHERE l.key = batch.key AND l.full_at <= floor(extract(epoch FROM clock_timestamp()) * 1000000)::bigint
    RETURNING 1
)
SELECT (SELECT count(*) FROM removed) AS removed, (SELECT max(key) FROM batch) AS last
