UPDATE handstamp_sessions
SET data = CASE WHEN data = ?3 THEN ?4 ELSE data END
WHERE id = ?2 AND account = ?1
    AND revoked_at IS NULL
    AND (SELECT CAST(round(unixepoch('subsec') * 1000) AS INTEGER)) < idle_expires
RETURNING *
