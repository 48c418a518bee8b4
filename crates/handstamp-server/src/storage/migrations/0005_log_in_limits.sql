-- Limits on log-ins as buckets, and the devices that have logged in before. The table of attempts
-- is left for servers of the version before, which may run at the same time.
CREATE TABLE handstamp_log_in_limits (
    -- What is limited, as accounts/throttle writes it.
    who TEXT NOT NULL PRIMARY KEY,
    -- The time in milliseconds since 1970 at which the bucket is full again.
    full_at BIGINT NOT NULL
);
CREATE INDEX handstamp_log_in_limits_full_at ON handstamp_log_in_limits (full_at);

CREATE TABLE handstamp_known_devices (
    -- The SHA-256 of the value in the device's cookie.
    device TEXT NOT NULL PRIMARY KEY,
    account TEXT NOT NULL,
    -- The password that the account had: a new one ends what was known.
    password_number BIGINT NOT NULL,
    -- Seconds since 1970. A device that never came back is forgotten first.
    created_at BIGINT NOT NULL,
    used_at BIGINT
);
CREATE INDEX handstamp_known_devices_account ON handstamp_known_devices (account, used_at, created_at);
