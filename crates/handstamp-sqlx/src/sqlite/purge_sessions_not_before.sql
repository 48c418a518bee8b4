DELETE FROM handstamp_sessions_not_before WHERE account IN (
    SELECT b.account
    FROM handstamp_sessions_not_before AS b
    WHERE b.forget_at <= (SELECT CAST(round(unixepoch('subsec') * 1000) AS INTEGER))
    ORDER BY b.forget_at
    LIMIT ?1
)
