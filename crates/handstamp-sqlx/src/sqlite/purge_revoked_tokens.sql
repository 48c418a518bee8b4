DELETE FROM handstamp_revoked_tokens WHERE (account, token) IN (
    SELECT r.account, r.token
    FROM handstamp_revoked_tokens AS r
    WHERE r.until <= (SELECT CAST(round(unixepoch('subsec') * 1000) AS INTEGER))
    ORDER BY r.until
    LIMIT ?1
)
