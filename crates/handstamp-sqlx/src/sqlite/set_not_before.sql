INSERT INTO handstamp_not_before (account, not_before, forget_at)
VALUES (?1, min(?2, ?3), ?3 + ?4)
ON CONFLICT (account) DO UPDATE SET
    not_before = max(not_before, excluded.not_before),
    forget_at = max(forget_at, excluded.forget_at)
