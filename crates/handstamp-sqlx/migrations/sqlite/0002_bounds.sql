-- Finds the first and the last few sessions of an account, however many there are.
CREATE INDEX handstamp_sessions_live ON handstamp_sessions (account, created_at, id)
WHERE revoked_at IS NULL;

DROP INDEX handstamp_sessions_by_user;

-- Sessions that were revoked are removed a minute later, unless they must be kept.
CREATE INDEX handstamp_sessions_revoked ON handstamp_sessions (max(revoked_at + 60000, keep_until))
WHERE revoked_at IS NOT NULL;

-- Sessions of an account that were created at this instant or before have ended, except one.
CREATE TABLE handstamp_sessions_not_before (
    account TEXT NOT NULL PRIMARY KEY,
    not_before INTEGER NOT NULL,
    spared TEXT,
    forget_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX handstamp_sessions_not_before_by_end ON handstamp_sessions_not_before (forget_at);
