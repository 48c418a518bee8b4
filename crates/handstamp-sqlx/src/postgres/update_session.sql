UPDATE handstamp_sessions
SET data = $3
WHERE id = $2 AND account = $1
    AND revoked_at IS NULL
    AND (SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint) < idle_expires
RETURNING *
