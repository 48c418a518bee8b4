-- Where the server that was started last keeps an audit log, so that no command changes a user
-- without a record. No row if it keeps none.
CREATE TABLE handstamp_audit_log (
    id BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
    path TEXT NOT NULL
);
