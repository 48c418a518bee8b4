-- All instants are milliseconds since 1970-01-01T00:00:00Z, by the clock of this machine.

CREATE TABLE handstamp_sessions (
    id TEXT NOT NULL PRIMARY KEY,
    uid TEXT NOT NULL,
    -- Of the current refresh token: its number and its id.
    generation INTEGER NOT NULL,
    token TEXT NOT NULL,
    -- Whether that token is known to have arrived at the client.
    acknowledged INTEGER NOT NULL,
    rotated_at INTEGER NOT NULL,
    -- When its grace window began: when it was made, and again when it arrived.
    grace_started_at INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    last_active INTEGER NOT NULL,
    idle_expires INTEGER NOT NULL,
    absolute_expires INTEGER NOT NULL,
    -- The row stays until then, also when its session has ended.
    keep_until INTEGER NOT NULL,
    revoked_at INTEGER,
    reason TEXT,
    data TEXT NOT NULL,
    CHECK (idle_expires <= absolute_expires),
    CHECK ((revoked_at IS NULL) = (reason IS NULL))
) STRICT;

CREATE INDEX handstamp_sessions_by_user ON handstamp_sessions (uid);
CREATE INDEX handstamp_sessions_by_end ON handstamp_sessions (max(idle_expires, keep_until));

-- What was created at this instant or before it counts no more.
CREATE TABLE handstamp_not_before (
    uid TEXT NOT NULL PRIMARY KEY,
    not_before INTEGER NOT NULL,
    forget_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX handstamp_not_before_by_end ON handstamp_not_before (forget_at);

CREATE TABLE handstamp_revoked_tokens (
    uid TEXT NOT NULL,
    token TEXT NOT NULL,
    -- When the token ends by itself.
    until INTEGER NOT NULL,
    PRIMARY KEY (uid, token)
) STRICT, WITHOUT ROWID;

CREATE INDEX handstamp_revoked_tokens_by_end ON handstamp_revoked_tokens (until);
