WITH charged AS (
    -- In the order of the keys, as `handstamp_charge` locks them, so that none of two callers waits
    -- for the other.
    SELECT l.key, given.interval FROM handstamp_limits AS l
    JOIN unnest($1::text[], $2::bigint[]) AS given (key, interval) ON given.key = l.key
    ORDER BY l.key FOR UPDATE OF l
)
UPDATE handstamp_limits AS l SET full_at = greatest(0, l.full_at - charged.interval)
FROM charged WHERE l.key = charged.key
