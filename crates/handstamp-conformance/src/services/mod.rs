//! Databases of one's own, for tests of what needs them.

mod postgres;

pub use postgres::Postgres;
