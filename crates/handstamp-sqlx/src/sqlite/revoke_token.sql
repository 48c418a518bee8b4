INSERT INTO handstamp_revoked_tokens (uid, token, until)
SELECT ?1, ?2, ?3 WHERE ?3 > CAST(round(unixepoch('subsec') * 1000) AS INTEGER)
ON CONFLICT (uid, token) DO UPDATE SET until = max(until, excluded.until)
