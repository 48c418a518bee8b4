DELETE FROM handstamp_limits
WHERE key > ?1 AND key <= ?2 AND full_at <= (SELECT CAST(round(unixepoch('subsec') * 1000) AS INTEGER) * 1000)
