-- Log-in attempts that have not succeeded, counted until `ends_at`.
CREATE TABLE handstamp_log_in_attempts (
    -- An account, an address, or both together, as accounts/throttle writes them.
    who TEXT NOT NULL PRIMARY KEY,
    attempts BIGINT NOT NULL,
    ends_at BIGINT NOT NULL
);
CREATE INDEX handstamp_log_in_attempts_ends_at ON handstamp_log_in_attempts (ends_at);
