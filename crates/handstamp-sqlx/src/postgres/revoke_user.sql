-- Moves the not-before of the account, which from then on ends all sessions from before it, however
-- many there are, and records the end of the first of them.
--
-- A session that is being created at the same time is not seen here. Either it counts as created
-- after this, or its end is recorded by the next `end_revoked.sql`.
--
-- Locks are taken in one order, so that two callers never wait for each other: the rows of the
-- account, then the sessions by their creation.
WITH clock AS MATERIALIZED (
    SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint AS now
),
-- Applies to tokens without a session, and is never in the future.
tokens AS (
    INSERT INTO handstamp_not_before AS b (account, not_before, forget_at)
    SELECT $1, least($4, clock.now), clock.now + $5 FROM clock WHERE $4 IS NOT NULL
    ON CONFLICT (account) DO UPDATE SET
        not_before = greatest(b.not_before, excluded.not_before),
        forget_at = greatest(b.forget_at, excluded.forget_at)
    RETURNING b.account
),
-- The session that stays, if it is live: a session that has ended is not revived. As of the moment
-- before the rows are locked.
spared AS MATERIALIZED (
    SELECT s.id
    FROM clock
    JOIN handstamp_sessions AS s ON s.id = $3 AND s.account = $1
    LEFT JOIN handstamp_sessions_not_before AS e ON e.account = $1
    WHERE s.revoked_at IS NULL
        AND clock.now < s.idle_expires
        AND (
            e.account IS NULL
            OR s.created_at > e.not_before
            OR s.created_after >= e.not_before
            OR s.id = e.spared
        )
),
-- Includes a session that was created in the future, by a clock that has gone back since.
latest AS MATERIALIZED (
    SELECT greatest(
        clock.now,
        coalesce((
            SELECT s.created_at FROM handstamp_sessions AS s
            WHERE s.account = $1 AND s.revoked_at IS NULL
            ORDER BY s.created_at DESC
            LIMIT 1
        ), 0)
    ) AS created_at
    FROM clock
),
sessions AS (
    INSERT INTO handstamp_sessions_not_before AS e (account, not_before, spared, forget_at)
    SELECT
        $1,
        CASE WHEN $2 = 'before' THEN least($4, clock.now) ELSE latest.created_at END,
        (SELECT spared.id FROM spared),
        clock.now + $5
    FROM clock CROSS JOIN latest
    ON CONFLICT (account) DO UPDATE SET
        -- Later than the former one, which does not apply to sessions that were created after it.
        not_before = greatest(
            e.not_before + CASE WHEN $2 = 'before' THEN 0 ELSE 1 END, excluded.not_before
        ),
        spared = CASE
            -- Judged again by the row that is locked now: another call may have ended it meanwhile.
            WHEN $2 <> 'before' THEN (
                SELECT s.id FROM handstamp_sessions AS s
                WHERE s.id = excluded.spared
                    AND (
                        s.created_at > e.not_before
                        OR s.created_after >= e.not_before
                        OR s.id = e.spared
                    )
            )
            -- Stays unless it is from before that instant itself.
            ELSE (
                SELECT s.id FROM handstamp_sessions AS s
                WHERE s.id = e.spared AND s.created_at > excluded.not_before
            )
        END,
        forget_at = greatest(e.forget_at, excluded.forget_at)
    RETURNING e.not_before, e.spared, (SELECT clock.now FROM clock) AS now
),
ended AS MATERIALIZED (
    SELECT s.id
    FROM (SELECT count(*) FROM tokens) AS locked_first
    CROSS JOIN sessions
    JOIN handstamp_sessions AS s ON s.account = $1
    WHERE s.revoked_at IS NULL
        AND (
            s.created_at <= sessions.not_before AND s.created_after < sessions.not_before
            -- Or a session to which it does not apply, because a clock was ahead when it was set.
            OR $2 = 'before' AND s.created_at <= least($4, sessions.now)
        )
        AND s.created_at <= greatest(sessions.not_before, sessions.now)
        AND s.id IS DISTINCT FROM sessions.spared
    ORDER BY s.created_at, s.id
    LIMIT $7
    FOR UPDATE OF s
)
UPDATE handstamp_sessions AS s
SET revoked_at = clock.now, reason = $6, data = ''
FROM clock
WHERE s.id = ANY (ARRAY(SELECT ended.id FROM ended))
RETURNING s.id, clock.now < s.idle_expires AS was_live
