-- The buckets of rate limits that are not full: when each will be, in microseconds since 1970. Without
-- an index on it, so that a charge changes no index.
CREATE TABLE handstamp_limits (
    key text PRIMARY KEY,
    full_at bigint NOT NULL
) WITH (fillfactor = 50);

-- Charges one request to each of these buckets, or to none if one of them is empty. Intervals, capacities
-- and instants are in microseconds. The rule is that of `Quota::charge`.
CREATE FUNCTION handstamp_charge(
    keys text[], intervals bigint[], capacities bigint[], skews bigint[],
    OUT is_charged boolean, OUT decided_at bigint, OUT full_at bigint[]
) LANGUAGE plpgsql AS $$
DECLARE
    place integer;
    of_bucket bigint;
    after_charge bigint[];
BEGIN
    -- First without a lock, so that a client that is refused writes nothing by trying again.
    FOR attempt IN 1 .. 2 LOOP
        -- In the order of the keys, so that none of two callers waits for the other.
        FOR place IN SELECT asked.n FROM unnest(keys) WITH ORDINALITY AS asked (key, n) ORDER BY asked.key LOOP
            IF attempt = 1 THEN
                SELECT l.full_at INTO of_bucket FROM handstamp_limits AS l WHERE l.key = keys[place];
            ELSE
                LOOP
                    SELECT l.full_at INTO of_bucket FROM handstamp_limits AS l WHERE l.key = keys[place] FOR UPDATE;
                    EXIT WHEN FOUND;
                    INSERT INTO handstamp_limits (key, full_at) VALUES (keys[place], 0) ON CONFLICT (key) DO NOTHING;
                END LOOP;
            END IF;
            full_at[place] := coalesce(of_bucket, 0);
        END LOOP;
        decided_at := floor(extract(epoch FROM clock_timestamp()) * 1000000)::bigint;
        is_charged := true;
        FOR place IN 1 .. cardinality(keys) LOOP
            IF full_at[place] > decided_at + capacities[place] + skews[place] THEN
                after_charge[place] := decided_at + capacities[place];
            ELSE
                after_charge[place] := greatest(full_at[place], decided_at) + intervals[place];
                is_charged := is_charged AND after_charge[place] <= decided_at + capacities[place];
            END IF;
        END LOOP;
        EXIT WHEN NOT is_charged;
    END LOOP;
    IF is_charged THEN
        UPDATE handstamp_limits AS l SET full_at = charged.after
        FROM unnest(keys, after_charge) AS charged (key, after) WHERE l.key = charged.key;
        full_at := after_charge;
    END IF;
END
$$;
