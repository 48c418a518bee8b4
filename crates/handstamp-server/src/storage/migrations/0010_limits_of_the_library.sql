-- Limits on log-ins are buckets of the library, in a table of its own: the counts start anew.
DROP TABLE handstamp_log_in_limits;
-- It was left for servers of a version that counted there.
DROP TABLE handstamp_log_in_attempts;
