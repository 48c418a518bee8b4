CREATE TABLE users (
    -- The id is the subject of tokens. With AUTOINCREMENT that of a deleted user is never given to
    -- another one, who would be logged in by tokens that are still around.
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    -- No two names differ by case alone: people would confuse them.
    name TEXT NOT NULL UNIQUE COLLATE NOCASE,
    password_hash TEXT NOT NULL,
    role TEXT NOT NULL DEFAULT 'member' CHECK (role IN ('member', 'admin'))
) STRICT;
