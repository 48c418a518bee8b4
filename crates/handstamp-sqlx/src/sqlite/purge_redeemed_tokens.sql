DELETE FROM handstamp_redeemed_tokens WHERE (account, token) IN (
    SELECT r.account, r.token
    FROM handstamp_redeemed_tokens AS r
    WHERE r.until <= (SELECT CAST(round(unixepoch('subsec') * 1000) AS INTEGER))
    ORDER BY r.until
    LIMIT ?1
)
