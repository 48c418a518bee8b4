DELETE FROM handstamp_sessions WHERE rowid IN (
    SELECT s.rowid
    FROM handstamp_sessions AS s
    WHERE max(s.idle_expires, s.keep_until) <= (SELECT CAST(round(unixepoch('subsec') * 1000) AS INTEGER))
    ORDER BY max(s.idle_expires, s.keep_until)
    LIMIT ?1
)
