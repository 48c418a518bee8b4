-- All instants are milliseconds since 1970-01-01T00:00:00Z, by the clock of this machine.

CREATE TABLE handstamp_sessions (
    id TEXT NOT NULL PRIMARY KEY,
    account TEXT NOT NULL,
    -- The generation and the id of the current refresh token.
    generation INTEGER NOT NULL,
    token TEXT NOT NULL,
    -- Whether the client is known to have received that token.
    acknowledged INTEGER NOT NULL,
    rotated_at INTEGER NOT NULL,
    -- When its grace window started: when it was issued, and again when it was acknowledged.
    grace_started_at INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    last_active INTEGER NOT NULL,
    idle_expires INTEGER NOT NULL,
    absolute_expires INTEGER NOT NULL,
    -- The row is kept at least until then, even if its session ends earlier.
    keep_until INTEGER NOT NULL,
    revoked_at INTEGER,
    reason TEXT,
    data TEXT NOT NULL,
    CHECK (idle_expires <= absolute_expires),
    CHECK ((revoked_at IS NULL) = (reason IS NULL))
) STRICT;

CREATE INDEX handstamp_sessions_by_user ON handstamp_sessions (account);
CREATE INDEX handstamp_sessions_by_end ON handstamp_sessions (max(idle_expires, keep_until));

-- Sessions and tokens that were created at this instant or before are not valid.
CREATE TABLE handstamp_not_before (
    account TEXT NOT NULL PRIMARY KEY,
    not_before INTEGER NOT NULL,
    forget_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX handstamp_not_before_by_end ON handstamp_not_before (forget_at);

CREATE TABLE handstamp_revoked_tokens (
    account TEXT NOT NULL,
    token TEXT NOT NULL,
    -- When the token expires.
    until INTEGER NOT NULL,
    PRIMARY KEY (account, token)
) STRICT, WITHOUT ROWID;

CREATE INDEX handstamp_revoked_tokens_by_end ON handstamp_revoked_tokens (until);
