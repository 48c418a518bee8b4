-- Rotation and recovery in one step: the conditions and the new row are those of `SessionRow` in
-- the core.
--
-- SQLite takes its lock before the first line runs, so the clock is read and the conditions are
-- evaluated when it is this caller's turn.
WITH clock AS (
    SELECT CAST(round(unixepoch('subsec') * 1000) AS INTEGER) AS now
)
UPDATE handstamp_sessions AS s
SET
    generation = CASE WHEN ?5 > s.generation THEN ?5 ELSE s.generation + 1 END,
    token = CASE WHEN ?5 > s.generation THEN ?3 ELSE ?4 END,
    acknowledged = ?5 > s.generation OR ?8,
    rotated_at = clock.now,
    grace_started_at = clock.now,
    idle_expires = min(clock.now + ?7, s.absolute_expires)
FROM clock
WHERE s.id = ?2 AND s.account = ?1
    AND s.revoked_at IS NULL
    AND clock.now < s.idle_expires
    AND NOT EXISTS (
        SELECT 1 FROM handstamp_sessions_not_before AS e
        WHERE e.account = ?1 AND s.created_at <= e.not_before
            AND s.created_after < e.not_before AND s.id IS NOT e.spared
    )
    AND clock.now >= coalesce(
        (SELECT r.until FROM handstamp_revoked_tokens AS r WHERE r.account = ?1 AND r.token = ?3), 0
    )
    AND (
        ?5 > s.generation
        OR s.token = ?3 AND s.acknowledged AND max(clock.now - s.grace_started_at, 0) >= ?6
    )
RETURNING
    id, account, generation, token, acknowledged, rotated_at, grace_started_at, late_generation,
    late_in_a_row, created_at, last_active, idle_expires, absolute_expires, data, revoked_at,
    reason
