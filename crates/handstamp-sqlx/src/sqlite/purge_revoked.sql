-- As `purge_sessions.sql`, a minute after the revocation.
DELETE FROM handstamp_sessions WHERE rowid IN (
    SELECT s.rowid
    FROM handstamp_sessions AS s
    WHERE s.revoked_at IS NOT NULL
        AND max(s.revoked_at + 60000, s.keep_until)
            <= (SELECT CAST(round(unixepoch('subsec') * 1000) AS INTEGER))
    ORDER BY max(s.revoked_at + 60000, s.keep_until)
    LIMIT ?1
)
