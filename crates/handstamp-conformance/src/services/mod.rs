//! Private servers of databases, and one of Prometheus, for tests: each in its own folder, on a
//! free port, removed when it is dropped.

mod postgres;
mod prometheus;
mod redis;

pub use postgres::Postgres;
pub use prometheus::{Prometheus, promtool};
pub use redis::Redis;
