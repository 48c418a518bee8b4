//! The database: a file of SQLite for one machine, PostgreSQL for several.

use std::fmt;
use std::fs;
use std::future::Future;
use std::io;
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;
use std::time::{Duration, Instant};

use sqlx::postgres::PgPoolOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions};
use sqlx::{PgPool, SqlitePool};

use crate::storage::database_url::Location;
use crate::storage::migrations::{self, MigrationError};

/// Asks whichever database it is the same question. Both know `$1`, `ON CONFLICT` and `RETURNING`.
macro_rules! on {
    ($database:expr, $pool:ident => $query:expr) => {
        match $database {
            $crate::storage::database::Database::Sqlite($pool) => {
                $crate::storage::database::answered(
                    $query,
                    $crate::storage::database::PATIENCE_WITH_SQLITE,
                )
                .await
            }
            $crate::storage::database::Database::Postgres($pool) => {
                $crate::storage::database::answered(
                    $query,
                    $crate::storage::database::PATIENCE_WITH_POSTGRES,
                )
                .await
            }
        }
    };
}
pub(crate) use on;

/// A pool of connections; all clones are one.
#[derive(Debug, Clone)]
pub(crate) enum Database {
    Sqlite(SqlitePool),
    Postgres(PgPool),
}

impl Database {
    /// Connects, makes the file if there is none, and brings the tables up to date.
    pub(crate) async fn open(location: &Location) -> Result<Self, OpenError> {
        let database = match location {
            Location::Sqlite(options) => Self::Sqlite(sqlite((**options).clone()).await?),
            Location::Postgres { options, .. } => {
                let pool = PgPoolOptions::new()
                    .max_connections(POSTGRES_CONNECTIONS)
                    .acquire_timeout(PATIENCE_WITH_POSTGRES);
                Self::Postgres(pool.connect_with((**options).clone()).await?)
            }
        };
        migrations::run(&database).await?;
        Ok(database)
    }

    /// Whether it answers, and has our tables.
    pub(crate) async fn ping(&self) -> Result<(), DatabaseError> {
        on!(self, pool => async { sqlx::query(PING).execute(pool).await.map(drop) })
    }

    /// Waits until what is under way is done, and closes all connections.
    pub(crate) async fn close(&self) {
        match self {
            Self::Sqlite(pool) => pool.close().await,
            Self::Postgres(pool) => pool.close().await,
        }
    }
}

/// Waits for an answer, but not for ever: who asked gets one too.
pub(crate) async fn answered<T>(
    query: impl Future<Output = Result<T, sqlx::Error>>,
    patience: Duration,
) -> Result<T, DatabaseError> {
    match tokio::time::timeout(patience, query).await {
        Ok(Ok(answer)) => Ok(answer),
        Ok(Err(error)) => Err(DatabaseError::Failed(error)),
        Err(_) => Err(DatabaseError::Late(patience)),
    }
}

async fn sqlite(options: SqliteConnectOptions) -> Result<SqlitePool, OpenError> {
    let path = options.get_filename().to_owned();
    make_private(&path).map_err(|error| OpenError::File(path.display().to_string(), error))?;
    let options = options
        // Who reads does not wait for who writes.
        .journal_mode(SqliteJournalMode::Wal)
        .busy_timeout(PATIENCE_WITH_SQLITE);
    let pool = SqlitePoolOptions::new()
        .max_connections(SQLITE_CONNECTIONS)
        .acquire_timeout(PATIENCE_WITH_SQLITE)
        .idle_timeout(None)
        .max_lifetime(None);
    // To turn a new file to WAL, SQLite asks for a lock that it does not wait for when others ask for it too.
    let began = Instant::now();
    loop {
        match pool.clone().connect_with(options.clone()).await {
            Err(sqlx::Error::Database(error))
                if error.code().as_deref() == Some(SQLITE_BUSY)
                    && began.elapsed() < PATIENCE_WITH_SQLITE =>
            {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            connected => return Ok(connected?),
        }
    }
}

/// [Somebody else has a lock](https://www.sqlite.org/rescode.html#busy).
const SQLITE_BUSY: &str = "5";

/// SQLite would make the file readable for everybody. It gives the files beside it the mode of this one.
fn make_private(path: &Path) -> io::Result<()> {
    let mut options = fs::OpenOptions::new();
    match options.write(true).create_new(true).mode(0o600).open(path) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            let mode = fs::metadata(path)?.permissions().mode();
            if mode & 0o007 != 0 {
                let path = path.display();
                tracing::warn!("everybody on this machine may read {path}: chmod o-rwx {path}");
            }
            Ok(())
        }
        Err(error) => Err(error),
    }
}

/// The database did not answer, or not with what was asked for. For the log.
#[derive(Debug)]
pub(crate) enum DatabaseError {
    Failed(sqlx::Error),
    Late(Duration),
}

impl fmt::Display for DatabaseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Failed(error) => error.fmt(f),
            Self::Late(patience) => write!(f, "no answer within {} s", patience.as_secs()),
        }
    }
}

impl std::error::Error for DatabaseError {}

/// The database cannot be used. For whoever starts the program.
#[derive(Debug)]
pub(crate) enum OpenError {
    File(String, io::Error),
    Connect(sqlx::Error),
    Migration(MigrationError),
}

impl From<sqlx::Error> for OpenError {
    fn from(error: sqlx::Error) -> Self {
        Self::Connect(error)
    }
}

impl From<MigrationError> for OpenError {
    fn from(error: MigrationError) -> Self {
        Self::Migration(error)
    }
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path, error) => write!(f, "cannot make {path}: {error}"),
            Self::Connect(error) => error.fmt(f),
            Self::Migration(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for OpenError {}

const PING: &str = "SELECT version FROM handstamp_server_schema LIMIT 1";

/// Longer than a database that lives takes for any of these questions.
/// Those who write wait for each other.
pub(crate) const PATIENCE_WITH_SQLITE: Duration = Duration::from_secs(5);
/// When it is down, everybody who wants to log in waits that long to hear it.
pub(crate) const PATIENCE_WITH_POSTGRES: Duration = Duration::from_secs(2);
/// One writes at a time; the others read.
const SQLITE_CONNECTIONS: u32 = 4;
/// Of the hundred that a server has by default, for several nodes.
const POSTGRES_CONNECTIONS: u32 = 10;

#[cfg(test)]
mod tests;
