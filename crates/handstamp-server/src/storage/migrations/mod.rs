//! The tables of the database, version by version.
//!
//! It runs the migrations that a database has not had yet, in one transaction. A released file
//! never changes: a later version is a separate file.

use std::fmt;

use sqlx::{PgPool, SqlitePool};

use super::missing::{HELP, Missing};

/// The first one leads to version 1. The text of each is the same for both databases.
const MIGRATIONS: [&str; 10] = [
    include_str!("0001_users.sql"),
    include_str!("0002_log_in_attempts.sql"),
    include_str!("0003_session_store.sql"),
    include_str!("0004_unlock.sql"),
    include_str!("0005_log_in_limits.sql"),
    include_str!("0006_readiness.sql"),
    include_str!("0007_user_agents_of_devices.sql"),
    include_str!("0008_demo_end.sql"),
    include_str!("0009_audit_log.sql"),
    include_str!("0010_limits_of_the_library.sql"),
];

/// The same statements on a connection of either kind. Gives the version before.
macro_rules! migrate {
    ($connection:expr, $missing:expr) => {{
        sqlx::raw_sql(VERSIONS).execute($connection).await?;
        let current: i64 = sqlx::query_scalar(CURRENT).fetch_one($connection).await?;
        if current == 0 && $missing == Missing::Refuse {
            return Err(MigrationError::NoTables);
        }
        for (version, migration) in pending(current)? {
            sqlx::raw_sql(migration).execute($connection).await?;
            sqlx::query(RECORD)
                .bind(version)
                .execute($connection)
                .await?;
        }
        current
    }};
}

/// Brings the tables to the newest version, or changes nothing. Returns whether there were none.
/// Processes that start at the same time wait for each other.
pub(super) async fn run_on_sqlite(
    pool: &SqlitePool,
    missing: Missing,
) -> Result<bool, MigrationError> {
    // A transaction that begins with a read may be refused the lock for writing later.
    let mut transaction = pool.begin_with("BEGIN IMMEDIATE").await?;
    let former = migrate!(&mut *transaction, missing);
    transaction.commit().await?;
    Ok(former == 0)
}

/// Brings the tables to the newest version, as [`run_on_sqlite`] does.
pub(super) async fn run_on_postgres(
    pool: &PgPool,
    missing: Missing,
) -> Result<bool, MigrationError> {
    let mut transaction = pool.begin().await?;
    sqlx::query("SELECT pg_advisory_xact_lock($1)")
        .bind(LOCK)
        .execute(&mut *transaction)
        .await?;
    let former = migrate!(&mut *transaction, missing);
    transaction.commit().await?;
    Ok(former == 0)
}

/// Returns the migrations that a database of this version has not had.
fn pending(current: i64) -> Result<impl Iterator<Item = (i64, &'static str)>, MigrationError> {
    let newest = i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX);
    if current > newest {
        return Err(MigrationError::Newer { current, newest });
    }
    Ok((1..)
        .zip(MIGRATIONS)
        .filter(move |(version, _)| *version > current))
}

const VERSIONS: &str =
    "CREATE TABLE IF NOT EXISTS handstamp_server_schema (version BIGINT NOT NULL PRIMARY KEY)";
const CURRENT: &str = "SELECT COALESCE(MAX(version), 0) FROM handstamp_server_schema";
const RECORD: &str = "INSERT INTO handstamp_server_schema (version) VALUES ($1)";

/// The number of PostgreSQL's advisory lock: an arbitrary one that no other program uses. Its
/// bytes spell "handstam".
const LOCK: i64 = 0x6861_6e64_7374_616d;

/// The tables could not be brought up to date.
#[derive(Debug)]
pub(crate) enum MigrationError {
    NoTables,
    Query(sqlx::Error),
    Newer { current: i64, newest: i64 },
}

impl From<sqlx::Error> for MigrationError {
    fn from(error: sqlx::Error) -> Self {
        Self::Query(error)
    }
}

impl fmt::Display for MigrationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoTables => write!(f, "it has no tables of handstamp. {HELP}"),
            Self::Query(error) => write!(f, "the tables cannot be brought up to date: {error}"),
            Self::Newer { current, newest } => write!(
                f,
                "the tables were created by a newer handstamp: they have version {current}, and this release supports \
                 {newest}"
            ),
        }
    }
}

impl std::error::Error for MigrationError {}
