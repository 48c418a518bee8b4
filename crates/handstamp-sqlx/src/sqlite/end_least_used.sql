-- Ends sessions of an account that has one more than it may have: the least recently used ones, 16 at
-- most. Compares all that the account has, unless it has far too many; the new one is not among them.
WITH clock AS (
    SELECT CAST(round(unixepoch('subsec') * 1000) AS INTEGER) AS now
),
live AS MATERIALIZED (
    SELECT s.id, max(s.created_at, s.rotated_at, s.last_active) AS last_used
    FROM clock
    JOIN handstamp_sessions AS s ON s.account = ?1
    WHERE s.id <> ?2
        AND s.revoked_at IS NULL
        AND clock.now < s.idle_expires
        AND NOT EXISTS (
            SELECT 1 FROM handstamp_sessions_not_before AS e
            WHERE e.account = ?1 AND s.created_at <= e.not_before
            AND s.created_after < e.not_before AND s.id IS NOT e.spared
        )
    ORDER BY s.created_at, s.id
    LIMIT ?3 + 16
)
UPDATE handstamp_sessions
SET revoked_at = (SELECT clock.now FROM clock), reason = 'limit', data = ''
WHERE id IN (
    SELECT live.id
    FROM live
    ORDER BY live.last_used, live.id
    LIMIT (SELECT min(max(count(*) + 1 - ?3, 0), 16) FROM live)
)
RETURNING id
