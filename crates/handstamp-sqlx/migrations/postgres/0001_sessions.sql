-- All instants are milliseconds since 1970-01-01T00:00:00Z, by the clock of this server.

CREATE TABLE handstamp_sessions (
    id text COLLATE "C" PRIMARY KEY,
    account text COLLATE "C" NOT NULL,
    -- The generation and the id of the current refresh token.
    generation bigint NOT NULL,
    token text COLLATE "C" NOT NULL,
    -- Whether the client is known to have received that token.
    acknowledged boolean NOT NULL,
    rotated_at bigint NOT NULL,
    -- When its grace window started: when it was issued, and again when it was acknowledged.
    grace_started_at bigint NOT NULL,
    created_at bigint NOT NULL,
    last_active bigint NOT NULL,
    idle_expires bigint NOT NULL,
    absolute_expires bigint NOT NULL,
    -- The row is kept at least until then, even if its session ends earlier.
    keep_until bigint NOT NULL,
    revoked_at bigint,
    reason text,
    data text NOT NULL,
    CHECK (idle_expires <= absolute_expires),
    CHECK ((revoked_at IS NULL) = (reason IS NULL))
)
-- Room on each page for the next version of a row: columns that are written often are in no index,
-- so no index has to change.
WITH (fillfactor = 80);

CREATE INDEX handstamp_sessions_by_user ON handstamp_sessions (account);
CREATE INDEX handstamp_sessions_by_end ON handstamp_sessions (greatest(idle_expires, keep_until));

-- Sessions and tokens that were created at this instant or before are not valid.
CREATE TABLE handstamp_not_before (
    account text COLLATE "C" PRIMARY KEY,
    not_before bigint NOT NULL,
    forget_at bigint NOT NULL
);

CREATE INDEX handstamp_not_before_by_end ON handstamp_not_before (forget_at);

CREATE TABLE handstamp_revoked_tokens (
    account text COLLATE "C" NOT NULL,
    token text COLLATE "C" NOT NULL,
    -- When the token expires.
    until bigint NOT NULL,
    PRIMARY KEY (account, token)
);

CREATE INDEX handstamp_revoked_tokens_by_end ON handstamp_revoked_tokens (until);
