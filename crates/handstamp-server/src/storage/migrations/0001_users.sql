-- Who can log in. The same text for SQLite and PostgreSQL.
CREATE TABLE handstamp_users (
    -- As it was given: the subject of tokens.
    name TEXT NOT NULL PRIMARY KEY,
    -- In lower case: no two names differ by case alone.
    folded_name TEXT NOT NULL UNIQUE,
    -- A PHC string.
    password_hash TEXT NOT NULL,
    -- Counts the passwords this user has had; a new hash of the same one changes nothing.
    password_number BIGINT NOT NULL DEFAULT 1,
    -- Seconds since 1970, as all times.
    created_at BIGINT NOT NULL,
    disabled_at BIGINT
);
