//! Storage: the database of users, the store of sessions, and the file of the signing key.
//!
//! It takes a place (a [`DatabaseUrl`](database_url::DatabaseUrl), a path, a Redis) and returns
//! connections for the other modules. It knows neither users nor passwords, and it reads no setting
//! and no argument of the command line.

pub(crate) mod audit_place;
pub(crate) mod clock;
pub(crate) mod database;
pub(crate) mod database_url;
pub(crate) mod hex;
pub(crate) mod limits;
mod migrations;
pub(crate) mod missing;
mod opened_file;
pub(crate) mod owner;
pub(crate) mod redis_server;
pub(crate) mod secret_file;
pub(crate) mod session_place;
pub(crate) mod sessions;
#[cfg(test)]
pub(crate) mod testing;
