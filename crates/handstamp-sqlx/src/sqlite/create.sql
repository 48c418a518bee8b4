WITH clock AS (
    SELECT CAST(round(unixepoch('subsec') * 1000) AS INTEGER) AS now
)
INSERT INTO handstamp_sessions (
    id, account, generation, token, acknowledged, rotated_at, grace_started_at, created_at, last_active,
    idle_expires, absolute_expires, keep_until, data, created_after
)
SELECT
    ?2, ?1, 1, ?3, true, now, now, now, now,
    min(now + ?4, now + ?5), now + ?5, ?6, ?7,
    coalesce((SELECT e.not_before FROM handstamp_sessions_not_before AS e WHERE e.account = ?1), 0)
FROM clock
-- Keeps SQLite from reading ON as a part of a join.
WHERE true
ON CONFLICT (id) DO NOTHING
RETURNING
    id, account, generation, token, acknowledged, rotated_at, grace_started_at, late_generation,
    late_in_a_row, created_at, last_active, idle_expires, absolute_expires, data, revoked_at,
    reason
