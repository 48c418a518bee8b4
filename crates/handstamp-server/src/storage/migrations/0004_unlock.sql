-- Grows when the counts of failed log-ins of this user are to start anew: they are kept under
-- hashes of the name and this number.
ALTER TABLE handstamp_users ADD COLUMN throttle_epoch BIGINT NOT NULL DEFAULT 0;
-- Earlier releases kept hashes without a key of what was typed as a name, which may be a password.
DELETE FROM handstamp_log_in_attempts;
