-- The SHA-256 of the User-Agent that a device had at its first log-in: a program that keeps no
-- cookies is a new device each time, and takes no more places than others.
ALTER TABLE handstamp_known_devices ADD COLUMN user_agent TEXT NOT NULL DEFAULT '';
