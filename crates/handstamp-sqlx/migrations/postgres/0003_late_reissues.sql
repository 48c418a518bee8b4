-- The last generation that was re-issued late, and how many in a row were, up to that one. 0: none, as
-- in rows of an older release.
ALTER TABLE handstamp_sessions ADD COLUMN late_generation bigint NOT NULL DEFAULT 0;
ALTER TABLE handstamp_sessions ADD COLUMN late_in_a_row bigint NOT NULL DEFAULT 0;
