-- Revokes each session on its own, so that the row alone decides whether a session is live.
UPDATE handstamp_sessions AS s
SET revoked_at = ?5, reason = ?6, data = ''
WHERE s.account = ?1
    AND s.revoked_at IS NULL
    AND ?5 < s.idle_expires
    AND CASE ?2
        WHEN 'all' THEN true
        WHEN 'all_but' THEN s.id <> ?3
        ELSE s.created_at <= min(?4, ?5)
    END
RETURNING id
