-- The buckets of rate limits that are not full: when each will be, in microseconds since 1970.
CREATE TABLE handstamp_limits (
    key TEXT NOT NULL PRIMARY KEY,
    full_at INTEGER NOT NULL
) WITHOUT ROWID;
