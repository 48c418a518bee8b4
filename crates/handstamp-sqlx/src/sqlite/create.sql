WITH clock AS (
    -- One millisecond after the user's not-before at the earliest: a log-in right after "log out everywhere" holds.
    SELECT max(
        CAST(round(unixepoch('subsec') * 1000) AS INTEGER),
        coalesce((SELECT b.not_before + 1 FROM handstamp_not_before AS b WHERE b.uid = ?1), 0)
    ) AS now
)
INSERT INTO handstamp_sessions (
    id, uid, generation, token, acknowledged, rotated_at, grace_started_at, created_at, last_active,
    idle_expires, absolute_expires, keep_until, data
)
SELECT
    ?2, ?1, 1, ?3, true, now, now, now, now,
    min(now + ?4, now + ?5), now + ?5, ?6, ?7
FROM clock
-- So that SQLite does not read a join's ON.
WHERE true
ON CONFLICT (id) DO NOTHING
RETURNING *
