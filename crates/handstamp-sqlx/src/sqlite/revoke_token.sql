INSERT INTO handstamp_revoked_tokens (account, token, until)
SELECT ?1, ?2, ?3 WHERE ?3 > CAST(round(unixepoch('subsec') * 1000) AS INTEGER)
ON CONFLICT (account, token) DO UPDATE SET until = max(until, excluded.until)
