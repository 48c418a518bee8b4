UPDATE handstamp_sessions
SET data = ?3
WHERE id = ?2 AND account = ?1
    AND revoked_at IS NULL
    AND (SELECT CAST(round(unixepoch('subsec') * 1000) AS INTEGER)) < idle_expires
RETURNING *
