UPDATE handstamp_sessions
SET data = CASE WHEN data = $3 THEN $4 ELSE data END
WHERE id = $2 AND account = $1
    AND revoked_at IS NULL
    AND (SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint) < idle_expires
RETURNING *
