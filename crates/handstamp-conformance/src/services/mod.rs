//! Private servers of databases for tests: each in its own folder, on a free port, removed when it
//! is dropped.

mod postgres;
mod redis;

pub use postgres::Postgres;
pub use redis::Redis;
