-- Before `remember.sql` in the same transaction: what is live is judged by the not-before that there was.
UPDATE handstamp_sessions AS s
SET revoked_at = ?5, reason = ?6
WHERE s.uid = ?1
    AND s.revoked_at IS NULL
    AND ?5 < s.idle_expires
    AND s.created_at > coalesce((SELECT b.not_before FROM handstamp_not_before AS b WHERE b.uid = ?1), -1)
    AND CASE ?2
        WHEN 'all' THEN true
        WHEN 'all_but' THEN s.id <> ?3
        ELSE s.created_at <= min(?4, ?5)
    END
RETURNING id
