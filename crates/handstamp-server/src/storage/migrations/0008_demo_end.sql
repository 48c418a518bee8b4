-- Has a row once a user was removed: the demo users, whose passwords are public, never exist again.
CREATE TABLE handstamp_demo_end (
    id BIGINT NOT NULL PRIMARY KEY CHECK (id = 1)
);
