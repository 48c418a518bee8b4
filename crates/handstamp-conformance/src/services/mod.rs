//! The servers that stores need, each a private one: in a folder of its own, on a free port, gone when it is dropped.

mod postgres;
mod redis;

pub use postgres::Postgres;
pub use redis::Redis;
