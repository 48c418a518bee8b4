SELECT account
FROM handstamp_sessions
WHERE revoked_at IS NULL
GROUP BY account
HAVING count(*) > $1
LIMIT 100
