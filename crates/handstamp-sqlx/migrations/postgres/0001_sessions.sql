-- All instants are milliseconds since 1970-01-01T00:00:00Z, by the clock of this server.

CREATE TABLE handstamp_sessions (
    id text COLLATE "C" PRIMARY KEY,
    uid text COLLATE "C" NOT NULL,
    -- Of the current refresh token: its number and its id.
    generation bigint NOT NULL,
    token text COLLATE "C" NOT NULL,
    -- Whether that token is known to have arrived at the client.
    acknowledged boolean NOT NULL,
    rotated_at bigint NOT NULL,
    -- When its grace window began: when it was made, and again when it arrived.
    grace_started_at bigint NOT NULL,
    created_at bigint NOT NULL,
    last_active bigint NOT NULL,
    idle_expires bigint NOT NULL,
    absolute_expires bigint NOT NULL,
    -- The row stays until then, also when its session has ended.
    keep_until bigint NOT NULL,
    revoked_at bigint,
    reason text,
    data text NOT NULL,
    CHECK (idle_expires <= absolute_expires),
    CHECK ((revoked_at IS NULL) = (reason IS NULL))
)
-- Room on each page for the next version of a row: what is written often is in no index, so none of them has to change.
WITH (fillfactor = 80);

CREATE INDEX handstamp_sessions_by_user ON handstamp_sessions (uid);
CREATE INDEX handstamp_sessions_by_end ON handstamp_sessions (greatest(idle_expires, keep_until));

-- What was created at this instant or before it counts no more.
CREATE TABLE handstamp_not_before (
    uid text COLLATE "C" PRIMARY KEY,
    not_before bigint NOT NULL,
    forget_at bigint NOT NULL
);

CREATE INDEX handstamp_not_before_by_end ON handstamp_not_before (forget_at);

CREATE TABLE handstamp_revoked_tokens (
    uid text COLLATE "C" NOT NULL,
    token text COLLATE "C" NOT NULL,
    -- When the token ends by itself.
    until bigint NOT NULL,
    PRIMARY KEY (uid, token)
);

CREATE INDEX handstamp_revoked_tokens_by_end ON handstamp_revoked_tokens (until);
