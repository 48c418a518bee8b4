//! Sessions of handstamp in SQLite or PostgreSQL.
