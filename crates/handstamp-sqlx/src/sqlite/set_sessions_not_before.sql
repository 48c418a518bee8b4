-- From then on all sessions from before it have ended, however many there are.
INSERT INTO handstamp_sessions_not_before (account, not_before, spared, forget_at)
VALUES (
    ?1,
    CASE ?2
        WHEN 'before' THEN min(?4, ?5)
        -- Includes a session that was created in the future, by a clock that has gone back since.
        ELSE max(?5, coalesce((
            SELECT s.created_at FROM handstamp_sessions AS s
            WHERE s.account = ?1 AND s.revoked_at IS NULL
            ORDER BY s.created_at DESC
            LIMIT 1
        ), 0))
    END,
    -- The session that stays, if it is live: a session that has ended is not revived.
    (
        SELECT s.id
        FROM handstamp_sessions AS s
        LEFT JOIN handstamp_sessions_not_before AS e ON e.account = ?1
        WHERE s.id = ?3 AND s.account = ?1
            AND s.revoked_at IS NULL
            AND ?5 < s.idle_expires
            AND (
                e.account IS NULL
                OR s.created_at > e.not_before
                OR s.created_after >= e.not_before
                OR s.id = e.spared
            )
    ),
    ?5 + ?6
)
ON CONFLICT (account) DO UPDATE SET
    -- Later than the former one, which does not apply to sessions that were created after it.
    not_before = max(not_before + CASE ?2 WHEN 'before' THEN 0 ELSE 1 END, excluded.not_before),
    spared = CASE ?2
        -- Stays unless it is from before that instant itself.
        WHEN 'before' THEN (
            SELECT s.id FROM handstamp_sessions AS s
            WHERE s.id = handstamp_sessions_not_before.spared AND s.created_at > excluded.not_before
        )
        ELSE excluded.spared
    END,
    forget_at = max(forget_at, excluded.forget_at)
