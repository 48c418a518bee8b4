-- The users. The text is the same for SQLite and PostgreSQL.
CREATE TABLE handstamp_users (
    -- The name as it was given: the subject of tokens.
    name TEXT NOT NULL PRIMARY KEY,
    -- The name in lower case: no two names differ by case alone.
    folded_name TEXT NOT NULL UNIQUE,
    -- A PHC string.
    password_hash TEXT NOT NULL,
    -- Counts the passwords that the user has had. A new hash of the same password does not count.
    password_number BIGINT NOT NULL DEFAULT 1,
    -- All times are seconds since 1970.
    created_at BIGINT NOT NULL,
    disabled_at BIGINT
);
