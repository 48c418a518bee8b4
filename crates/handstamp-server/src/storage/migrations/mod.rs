//! The tables, version by version. A file that was released never changes: what comes later is a file of its own.

use std::fmt;

use crate::storage::database::Database;

/// The first is version 1. Each is the same text for both databases.
const MIGRATIONS: [&str; 2] = [
    include_str!("0001_users.sql"),
    include_str!("0002_log_in_attempts.sql"),
];

/// The same steps on a connection of either kind.
macro_rules! migrate {
    ($connection:expr) => {
        sqlx::raw_sql(VERSIONS).execute($connection).await?;
        let done: i64 = sqlx::query_scalar(NEWEST).fetch_one($connection).await?;
        for (version, migration) in missing(done)? {
            sqlx::raw_sql(migration).execute($connection).await?;
            sqlx::query(DONE).bind(version).execute($connection).await?;
        }
    };
}

/// Brings the tables to the newest version, all or nothing. Servers that start at the same time wait for each other.
pub(crate) async fn run(database: &Database) -> Result<(), MigrationError> {
    match database {
        Database::Sqlite(pool) => {
            // Takes the lock for writing at once: after reading it may be refused.
            let mut transaction = pool.begin_with("BEGIN IMMEDIATE").await?;
            migrate!(&mut *transaction);
            transaction.commit().await?;
        }
        Database::Postgres(pool) => {
            let mut transaction = pool.begin().await?;
            sqlx::query("SELECT pg_advisory_xact_lock($1)")
                .bind(LOCK)
                .execute(&mut *transaction)
                .await?;
            migrate!(&mut *transaction);
            transaction.commit().await?;
        }
    }
    Ok(())
}

/// What a database at this version has still to go through.
fn missing(done: i64) -> Result<impl Iterator<Item = (i64, &'static str)>, MigrationError> {
    let newest = i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX);
    if done > newest {
        return Err(MigrationError::Newer { done, newest });
    }
    Ok((1..)
        .zip(MIGRATIONS)
        .filter(move |(version, _)| *version > done))
}

const VERSIONS: &str =
    "CREATE TABLE IF NOT EXISTS handstamp_server_schema (version BIGINT NOT NULL PRIMARY KEY)";
const NEWEST: &str = "SELECT COALESCE(MAX(version), 0) FROM handstamp_server_schema";
const DONE: &str = "INSERT INTO handstamp_server_schema (version) VALUES ($1)";

/// Of PostgreSQL's advisory locks: any number that nobody else uses. It spells "handstam".
const LOCK: i64 = 0x6861_6e64_7374_616d;

/// The tables could not be brought up to date.
#[derive(Debug)]
pub(crate) enum MigrationError {
    Failed(sqlx::Error),
    Newer { done: i64, newest: i64 },
}

impl From<sqlx::Error> for MigrationError {
    fn from(error: sqlx::Error) -> Self {
        Self::Failed(error)
    }
}

impl fmt::Display for MigrationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Failed(error) => write!(f, "the tables cannot be brought up to date: {error}"),
            Self::Newer { done, newest } => write!(
                f,
                "the tables were made by a newer handstamp: they have version {done}, and this one knows {newest}"
            ),
        }
    }
}

impl std::error::Error for MigrationError {}
