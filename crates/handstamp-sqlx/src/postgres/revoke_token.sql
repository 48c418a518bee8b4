INSERT INTO handstamp_revoked_tokens AS r (account, token, until)
SELECT $1, $2, $3 WHERE $3 > floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint
ON CONFLICT (account, token) DO UPDATE SET until = greatest(r.until, excluded.until)
