-- Limits on log-ins are buckets of the library, in a table of its own: the counts start anew.
-- handstamp_log_in_limits stays for servers of the version before, which count there until they stop.
-- handstamp_log_in_attempts was left for servers of a version before those.
DROP TABLE handstamp_log_in_attempts;
