-- The not-before of the account's sessions when the session was created. It does not apply to a session
-- that was created after it was set, by a clock that was ahead.
ALTER TABLE handstamp_sessions ADD COLUMN created_after INTEGER NOT NULL DEFAULT 0;
