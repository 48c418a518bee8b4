-- Another caller who redeems the same token waits in the index for the end of this statement, and then
-- writes nothing.
WITH clock AS MATERIALIZED (
    SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint AS now
),
judged AS MATERIALIZED (
    SELECT
        $4 <= clock.now AS is_expired,
        clock.now < coalesce(
            (SELECT r.until FROM handstamp_revoked_tokens AS r WHERE r.account = $1 AND r.token = $2), 0
        )
        OR EXISTS (
            SELECT FROM handstamp_not_before AS b WHERE b.account = $1 AND $3 <= b.not_before
        ) AS is_revoked
    FROM clock
),
redeemed AS (
    INSERT INTO handstamp_redeemed_tokens AS t (account, token, until)
    SELECT $1, $2, $4 FROM judged WHERE NOT is_expired AND NOT is_revoked
    -- One that has expired may not be purged yet.
    ON CONFLICT (account, token) DO UPDATE SET until = excluded.until
    WHERE t.until <= floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint
    RETURNING t.token
)
SELECT is_expired, is_revoked, EXISTS (SELECT FROM redeemed) AS is_first FROM judged
