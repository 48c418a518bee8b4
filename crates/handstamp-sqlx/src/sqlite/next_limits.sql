SELECT max(key) FROM (SELECT key FROM handstamp_limits WHERE key > ?1 ORDER BY key LIMIT ?2)
