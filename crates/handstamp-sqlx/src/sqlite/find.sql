SELECT
    id, account, generation, token, acknowledged, rotated_at, grace_started_at, late_generation,
    late_in_a_row, created_at, last_active, idle_expires, absolute_expires, data, revoked_at,
    reason
FROM handstamp_sessions
WHERE id = ?1
