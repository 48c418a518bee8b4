-- Finds the first and the last few sessions of an account, however many there are. Its columns never
-- change while a session lives, so that updates still need not change an index.
CREATE INDEX handstamp_sessions_live ON handstamp_sessions (account, created_at, id)
WHERE revoked_at IS NULL;

DROP INDEX handstamp_sessions_by_user;

-- Sessions that were revoked are removed a minute later, unless they must be kept.
CREATE INDEX handstamp_sessions_revoked ON handstamp_sessions (greatest(revoked_at + 60000, keep_until))
WHERE revoked_at IS NOT NULL;

-- Sessions of an account that were created at this instant or before have ended, except one.
CREATE TABLE handstamp_sessions_not_before (
    account text COLLATE "C" PRIMARY KEY,
    not_before bigint NOT NULL,
    spared text COLLATE "C",
    forget_at bigint NOT NULL
);

CREATE INDEX handstamp_sessions_not_before_by_end ON handstamp_sessions_not_before (forget_at);
