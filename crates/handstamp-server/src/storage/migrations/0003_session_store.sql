-- Where the server that was started last keeps sessions, so that commands end them there. One row
-- at most.
CREATE TABLE handstamp_session_store (
    id BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
    -- 'this database', or the place of a Redis without user and password.
    place TEXT NOT NULL
);
