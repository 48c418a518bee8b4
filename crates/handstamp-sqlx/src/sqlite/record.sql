-- Records what an admitted token shows: that its generation was received, and that the session is
-- active.
WITH clock AS (
    SELECT CAST(round(unixepoch('subsec') * 1000) AS INTEGER) AS now
)
UPDATE handstamp_sessions AS s
SET
    acknowledged = s.acknowledged OR s.generation IS ?4,
    grace_started_at = CASE WHEN NOT s.acknowledged AND s.generation = ?4 THEN clock.now ELSE s.grace_started_at END,
    last_active = CASE WHEN clock.now - s.last_active >= ?5 THEN clock.now ELSE s.last_active END
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
    -- An access token, or a refresh token that is not reused.
    AND (
        ?6 IS NULL
        OR ?8 > s.generation
        OR s.token = ?6
        OR s.token = ?7 AND (
            clock.now - s.grace_started_at <= ?9
            -- The third late generation in a row is reused.
            OR NOT s.acknowledged AND NOT (
                clock.now - s.grace_started_at > ?10
                AND s.late_generation = s.generation - 1 AND s.late_in_a_row >= 2
            )
        )
    )
    AND (
        NOT s.acknowledged AND s.generation = ?4
        OR clock.now - s.last_active >= ?5
    )
RETURNING id
