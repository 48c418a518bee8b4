-- Counts the writes by which the server proves that it can write. SQLite writes nothing where a row
-- stays as it is.
ALTER TABLE handstamp_session_store ADD COLUMN writes BIGINT NOT NULL DEFAULT 0;
