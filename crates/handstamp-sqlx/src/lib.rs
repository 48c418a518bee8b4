//! Stores that keep sessions of handstamp in a database, by sqlx: in a SQLite file
//! ([`SqliteStore`], feature `sqlite`), or in PostgreSQL ([`PostgresStore`], feature `postgres`).
//!
//! A page of the book compares the [stores].
//!
//! [stores]: https://github.com/handstamp/handstamp/blob/main/docs/sessions-and-stores.md
//!
//! ```
//! use handstamp::store::{AccountId, ListSessions, Store};
//! use handstamp_sqlx::SqliteStore;
//!
//! #[tokio::main]
//! async fn main() -> Result<(), handstamp::error::StoreError> {
//! #   let folder = std::env::temp_dir().join(format!("handstamp-sqlx-{}", std::process::id()));
//! #   std::fs::create_dir_all(&folder).map_err(handstamp::error::StoreError::new)?;
//! #   let path = folder.join("sessions.db");
//!     let store = SqliteStore::open(&path).await?;
//!     // What an account page shows.
//!     let list = ListSessions::new(AccountId::new(None, "user1"), 100);
//!     for session in store.list(list).await?.rows {
//!         println!("logged in at {}", session.created_at.as_secs());
//!     }
//!     // Once in a while, so that the file does not grow forever.
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
//! | when the disk is lost | everything is: all users have to log in again, and revoked tokens are valid until they expire | as with any other table: whatever its replica or backup does not have |
//! | while the database is down | - | methods return an error, within a second if there is no connection, and work again once it is up |
//! | an access token costs | one read in the process | one round trip |
//! | a refresh costs | one flush of the disk | one round trip, one flush there |
//!
//! After a failover to a replica that lags, or a restore from a backup, the last writes are
//! missing. A missing rotation is recovered by the next refresh: the token is newer than the row,
//! and the row follows it. A missing log-out is not recovered. To rule that out, let PostgreSQL
//! commit on the replica first (`synchronous_standby_names`), or end all sessions after a restore:
//! `UPDATE handstamp_sessions SET revoked_at = 0, reason = 'revoked'`.
//!
//! Neither store caches: with `CheckSessions::EveryRequest` every request reads the database, so
//! that a revoked token is refused at once, on every node.
//!
//! # Sharing a database
//! The names of all tables, and of the list of migrations, begin with `handstamp_`. They can share
//! a database with the tables of an application, and with its own sqlx migrations. Both stores also
//! accept an existing pool: [`SqliteStore::in_pool`], [`PostgresStore::in_pool`].
//!
//! Migrations run at the first use, one node at a time. A release of this crate refuses tables of a
//! newer one when it starts; nodes that run already go on. In PostgreSQL the role that creates the
//! tables may differ from the one that uses them, which needs `SELECT` on `handstamp_migrations`,
//! and `SELECT, INSERT, UPDATE, DELETE` on the others.
//!
//! Ended sessions and expired revocations are removed by
//! [`Store::purge`](handstamp::store::Store::purge), a thousand rows at a time, so that other
//! callers never wait long.
//!
//! # Rate limits
//! Both stores are also [`LimitStore`](handstamp::limit::LimitStore)s. In PostgreSQL a decision is
//! one call of the function `handstamp_charge`, which the user of the store must be allowed to
//! execute; in SQLite it is a statement that looks, and one that writes if there is room. A client
//! that is denied writes nothing. Call
//! [`purge_limits`](handstamp::limit::LimitStore::purge_limits) now and then, for example each
//! minute, to remove buckets that are full.
//!
//! # Which version of sqlx
//! sqlx 0.9. A pool of another version is another type, and does not compile: the types are
//! mismatched (E0308) although both are called `Pool`, and the compiler notes that there are
//! several versions of the crate `sqlx_core`. With SQLite in both versions, cargo does not get as
//! far: only one package may link to the native library `sqlite3`. In both cases, set
//! `sqlx = "0.9"` in the `Cargo.toml` of the application, with the features that it needs itself.
//! Or import it from this crate, as [`handstamp_sqlx::sqlx`](sqlx), so that the versions always
//! fit. `cargo tree -i sqlx-core` shows who asks for which. An application that cannot leave
//! another version for PostgreSQL has handstamp connect by itself, with
//! [`PostgresStore::connect`].
//!
//! # TLS to PostgreSQL
//! The feature `tls` of this crate enables rustls with aws-lc-rs, in sqlx, for the whole
//! application. It trusts the authorities that browsers trust; a private one is named in the URL:
//! `?sslmode=verify-full&sslrootcert=/etc/db-ca.pem`.
//!
//! Without `sslmode`, sqlx uses TLS where the server offers it, and verifies nothing: that protects
//! against a passive attacker, not against an active one. Without any `tls-*` feature it never uses
//! TLS, and `sslmode=require` is an error.
//!
//! # PgBouncer
//! Statements are prepared once per connection. With `pool_mode = transaction` that works from
//! PgBouncer 1.21 on, with `max_prepared_statements`. [`PostgresStore::connect`] sends
//! `statement_timeout` when it connects: set `ignore_startup_parameters =
//! extra_float_digits,options` in PgBouncer.

#[cfg(feature = "postgres")]
mod postgres;
#[cfg(feature = "sqlite")]
mod sqlite;

/// Code that both stores share.
#[cfg(any(feature = "postgres", feature = "sqlite"))]
mod common {
    pub(crate) mod failure;
    pub(crate) mod number;
    pub(crate) mod row;
    pub(crate) mod schema;
    pub(crate) mod timeout;
    pub(crate) mod verbs;
}

/// The version of sqlx whose pools the stores take.
///
/// Import sqlx from here, or depend on `sqlx` 0.9: the types of two versions differ, and the
/// compiler then says that it expected a `Pool` and found another `Pool`.
pub use sqlx;

#[cfg(feature = "postgres")]
pub use postgres::PostgresStore;
#[cfg(feature = "sqlite")]
pub use sqlite::SqliteStore;

/// The examples of the README, which are tested with the documentation.
#[cfg(all(doctest, feature = "sqlite"))]
#[doc = include_str!("../README.md")]
struct Readme;
