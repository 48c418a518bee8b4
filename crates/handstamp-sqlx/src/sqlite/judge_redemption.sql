WITH clock AS (
    SELECT CAST(round(unixepoch('subsec') * 1000) AS INTEGER) AS now
)
SELECT
    ?4 <= clock.now AS is_expired,
    clock.now < coalesce(
        (SELECT r.until FROM handstamp_revoked_tokens AS r WHERE r.account = ?1 AND r.token = ?2), 0
    )
    OR EXISTS (
        SELECT 1 FROM handstamp_not_before AS b WHERE b.account = ?1 AND ?3 <= b.not_before
    ) AS is_revoked
FROM clock
