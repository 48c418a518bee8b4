//! Sessions of handstamp in a database, by sqlx: in a file of SQLite's ([`SqliteStore`], feature `sqlite`), or in
//! PostgreSQL ([`PostgresStore`], feature `postgres`).
//!
//! ```
//! use handstamp::store::{Store, AccountId};
//! use handstamp_sqlx::SqliteStore;
//!
//! #[tokio::main]
//! async fn main() -> Result<(), handstamp::error::StoreError> {
//! #   let folder = std::env::temp_dir().join(format!("handstamp-sqlx-{}", std::process::id()));
//! #   std::fs::create_dir_all(&folder).map_err(handstamp::error::StoreError::new)?;
//! #   let path = folder.join("sessions.db");
//!     let store = SqliteStore::open(&path).await?;
//!     // What an account page shows.
//!     for session in store.list(AccountId::new(None, "user1")).await? {
//!         println!("logged in at {}", session.created_at.as_secs());
//!     }
//!     // Once in a while, so that the file does not grow for ever.
//!     store.purge().await?;
//! #   drop(store);
//! #   std::fs::remove_dir_all(&folder).map_err(handstamp::error::StoreError::new)?;
//!     Ok(())
//! }
//! ```
//!
//! # Which one
//!
//! | | [`SqliteStore`] | [`PostgresStore`] |
//! |---|---|---|
//! | for | one machine, one process or a few | any number of nodes |
//! | needs | a local disk | PostgreSQL 12 or newer |
//! | when the process dies | nothing is lost | nothing is lost |
//! | when the database dies, or the power fails | nothing that was answered is lost | nothing that was answered is lost, with its usual settings |
//! | when the disk is lost | everything is: everybody logs in again, and revoked tokens are good until they end by themselves | as with any other table: whatever its replica or backup does not have |
//! | while the database is down | - | verbs answer with an error, within a second where there is no connection; then they work again |
//! | an access token costs | one read in the process | one round trip |
//! | a refresh costs | one flush of the disk | one round trip, one flush there |
//!
//! After a failover to a replica that lags, and after a backup is restored, the last writes are missing. A refresh
//! that is missing is made good by the next one: the token is newer than the row, and the row follows it. A log-out that
//! is missing stays so. Where that must not be, let PostgreSQL commit on the replica first
//! (`synchronous_standby_names`), or log everybody out after a restoration:
//! `UPDATE handstamp_sessions SET revoked_at = 0, reason = 'revoked'`.
//!
//! Neither is a cache: with `CheckSessions::EveryRequest` every request asks, so that what is revoked is refused at once,
//! on every node.
//!
//! # Beside other tables
//! All tables have names that begin with `handstamp_`, and so has the list of migrations. They can share a database with an
//! application's own, and with its own migrations by sqlx. Both stores also take a pool that is there already.
//!
//! Migrations run by themselves, at the first use, one node at a time. A release of this crate refuses tables that were
//! made by a newer one. In PostgreSQL the role that makes the tables may be another than the one that uses them, which
//! needs `SELECT` on `handstamp_migrations`, and `SELECT, INSERT, UPDATE, DELETE` on the others.
//!
//! What is over is removed by [`Store::purge`](handstamp::store::Store::purge), a thousand rows at a time, so that
//! nobody waits for it.
//!
//! # TLS to PostgreSQL
//! The feature `tls` of this crate turns on rustls with aws-lc-rs, in sqlx, for the whole application. It trusts the
//! authorities that browsers trust; one of your own is named in the URL: `?sslmode=verify-full&sslrootcert=/etc/db-ca.pem`.
//!
//! Without `sslmode`, sqlx uses TLS where the server offers it, and verifies nothing: good against those who listen, not
//! against those who interfere. Without any `tls-*` feature it does not use TLS at all, and `sslmode=require` is an error.
//!
//! # PgBouncer
//! Statements are prepared once for each connection. With `pool_mode = transaction` that works from PgBouncer 1.21 on, with
//! `max_prepared_statements`. [`PostgresStore::connect`] sends `statement_timeout` when it connects: let PgBouncer have
//! `ignore_startup_parameters = extra_float_digits,options`.

#[cfg(feature = "postgres")]
mod postgres;
#[cfg(feature = "sqlite")]
mod sqlite;

/// What both have in common.
#[cfg(any(feature = "postgres", feature = "sqlite"))]
mod common {
    pub(crate) mod failure;
    pub(crate) mod number;
    pub(crate) mod row;
    pub(crate) mod schema;
    pub(crate) mod verbs;
}

#[cfg(feature = "postgres")]
pub use postgres::PostgresStore;
#[cfg(feature = "sqlite")]
pub use sqlite::SqliteStore;

/// The examples of the README, which are tested with the documentation.
#[cfg(all(doctest, feature = "sqlite"))]
#[doc = include_str!("../README.md")]
struct Readme;
