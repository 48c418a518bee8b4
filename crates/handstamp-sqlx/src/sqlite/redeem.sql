INSERT INTO handstamp_redeemed_tokens (account, token, until) VALUES (?1, ?2, ?3)
-- One that has expired may not be purged yet.
ON CONFLICT (account, token) DO UPDATE SET until = excluded.until
WHERE until <= CAST(round(unixepoch('subsec') * 1000) AS INTEGER)
