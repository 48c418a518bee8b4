DELETE FROM handstamp_limits WHERE key IN (
    SELECT l.key FROM handstamp_limits AS l
    WHERE l.full_at <= (SELECT CAST(round(unixepoch('subsec') * 1000) AS INTEGER) * 1000)
    LIMIT ?1
)
