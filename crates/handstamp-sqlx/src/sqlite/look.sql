-- Everything that decides about a token, at one instant.
WITH clock AS (
    SELECT CAST(round(unixepoch('subsec') * 1000) AS INTEGER) AS now
)
SELECT
    clock.now,
    b.not_before,
    clock.now < coalesce(r.until, 0) AS is_revoked,
    s.*
FROM clock
LEFT JOIN handstamp_sessions AS s ON s.id = ?2 AND s.account = ?1
    AND NOT EXISTS (
        SELECT 1 FROM handstamp_sessions_not_before AS e
        WHERE e.account = ?1 AND s.created_at <= e.not_before
            AND s.created_after < e.not_before AND s.id IS NOT e.spared
    )
LEFT JOIN handstamp_not_before AS b ON b.account = ?1
LEFT JOIN handstamp_revoked_tokens AS r ON r.account = ?1 AND r.token = ?3
