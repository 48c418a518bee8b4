//! The database of users, and of limits on log-ins: SQLite for one host, PostgreSQL for several.
//!
//! It opens a pool of connections, brings the tables up to date, and bounds the time of every
//! query. The queries themselves belong to the modules that run them, by [`query!`](query). It
//! never holds a lock between two statements, except for migrations.

pub(crate) mod unreachable;

use std::fmt;
use std::fs;
use std::future::Future;
use std::io;
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use sqlx::postgres::PgPoolOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions};
use sqlx::{PgPool, SqlitePool};

use super::database_url::DatabaseUrl;
use super::migrations::{self, MigrationError};
use super::missing::{self, Missing};
use super::opened_file::{FileGone, OpenedFile};
use super::owner::FileOfAnother;

/// Runs one query on the pool of either database, within its time limit. Both databases know `$1`,
/// `ON CONFLICT` and `RETURNING`, so the text of the query is the same.
macro_rules! query {
    ($database:expr, $pool:ident => $query:expr) => {
        match $database {
            $crate::storage::database::Database::Sqlite($pool, file) => match file.check() {
                Ok(()) => {
                    let limit = $crate::storage::database::SQLITE_TIMEOUT;
                    $crate::storage::database::with_timeout($query, limit).await
                }
                Err(gone) => Err($crate::storage::database::DatabaseError::File(gone)),
            },
            $crate::storage::database::Database::Postgres($pool) => {
                let limit = $crate::storage::database::POSTGRES_TIMEOUT;
                let answer = $crate::storage::database::with_timeout($query, limit).await;
                $crate::storage::database::unreachable::explain($pool, answer).await
            }
        }
    };
}
pub(crate) use query;

/// A pool of connections. Clones share it.
#[derive(Debug, Clone)]
pub(crate) enum Database {
    Sqlite(SqlitePool, Arc<OpenedFile>),
    Postgres(PgPool),
}

impl Database {
    /// Connects and brings the tables up to date. Returns whether the tables are new.
    pub(crate) async fn open(
        url: &DatabaseUrl,
        missing: Missing,
    ) -> Result<(Self, bool), OpenError> {
        match url {
            DatabaseUrl::Sqlite(options) => {
                let (pool, file) = connect_sqlite((**options).clone(), missing).await?;
                let is_new = migrations::run_on_sqlite(&pool, missing).await?;
                Ok((Self::Sqlite(pool, Arc::new(file)), is_new))
            }
            DatabaseUrl::Postgres { options, .. } => {
                let pool = postgres_options();
                let pool = match pool.connect_with((**options).clone()).await {
                    Err(sqlx::Error::PoolTimedOut) => {
                        let reason = unreachable::reason(options, POSTGRES_SIGN_OF_LIFE).await;
                        let silent = || sqlx::Error::Io(io::ErrorKind::TimedOut.into());
                        return Err(OpenError::Connect(reason.unwrap_or_else(silent)));
                    }
                    connected => connected?,
                };
                let is_new = migrations::run_on_postgres(&pool, missing).await?;
                Ok((Self::Postgres(pool), is_new))
            }
        }
    }

    /// Checks that the database answers and has the tables.
    pub(crate) async fn ping(&self) -> Result<(), DatabaseError> {
        query!(self, pool => async { sqlx::query(PING).execute(pool).await.map(drop) })
    }

    /// Checks that the database takes a write, in the row that the server made when it started, so
    /// that the tables do not grow.
    pub(crate) async fn write(&self) -> Result<(), DatabaseError> {
        query!(self, pool => async { sqlx::query(WRITE).execute(pool).await.map(drop) })
    }

    /// Waits for the queries that are running, and closes all connections.
    pub(crate) async fn close(&self) {
        match self {
            Self::Sqlite(pool, _) => pool.close().await,
            Self::Postgres(pool) => pool.close().await,
        }
    }
}

pub(crate) async fn with_timeout<T>(
    query: impl Future<Output = Result<T, sqlx::Error>>,
    limit: Duration,
) -> Result<T, DatabaseError> {
    match tokio::time::timeout(limit, query).await {
        Ok(Ok(answer)) => Ok(answer),
        Ok(Err(error)) => Err(DatabaseError::Query(error)),
        Err(_) => Err(DatabaseError::Timeout(limit)),
    }
}

async fn connect_sqlite(
    options: SqliteConnectOptions,
    missing: Missing,
) -> Result<(SqlitePool, OpenedFile), OpenError> {
    let path = options.get_filename().to_owned();
    if missing == Missing::Refuse && !path.exists() {
        return Err(OpenError::Missing);
    }
    create_private(&path)?;
    make_private(&path)?;
    let file = OpenedFile::at(&path)
        .map_err(|error| OpenError::Create(path.display().to_string(), error))?;
    let options = options
        // It exists, with its mode. SQLite would make another one in place of one that was deleted.
        .create_if_missing(false)
        // In this mode readers do not wait for a writer.
        .journal_mode(SqliteJournalMode::Wal)
        .busy_timeout(SQLITE_TIMEOUT);
    let pool = SqlitePoolOptions::new()
        .max_connections(SQLITE_CONNECTIONS)
        .acquire_timeout(SQLITE_TIMEOUT)
        .idle_timeout(None)
        .max_lifetime(None);
    // To switch a new file to WAL, SQLite takes a lock for which the busy timeout does not wait
    // when several processes open the file at once.
    let start = Instant::now();
    loop {
        match pool.clone().connect_with(options.clone()).await {
            Err(sqlx::Error::Database(error))
                if error.code().as_deref() == Some(SQLITE_BUSY)
                    && start.elapsed() < SQLITE_TIMEOUT =>
            {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            connected => return Ok((connected?, file)),
        }
    }
}

/// A connection is tested for half a second: a balancer may have dropped it without a word, and all
/// of the pool at once. After a failover it may be one to a standby, where no user can log in, so
/// the test asks for that. A log-in compares a password, next to which this takes no time. The
/// level of isolation is PostgreSQL's default, whatever that of the database is: by a stricter one,
/// concurrent charges of one limit would be repeated until they fail.
fn postgres_options() -> PgPoolOptions {
    PgPoolOptions::new()
        .max_connections(POSTGRES_CONNECTIONS)
        .acquire_timeout(POSTGRES_TIMEOUT)
        .test_before_acquire(false)
        .before_acquire(|connection, _| {
            Box::pin(async move {
                let is_standby = sqlx::query_scalar(IS_STANDBY).fetch_one(connection);
                match tokio::time::timeout(POSTGRES_SIGN_OF_LIFE, is_standby).await {
                    Ok(is_standby) => is_standby.map(|is_standby: bool| !is_standby),
                    Err(_) => Err(sqlx::Error::Io(io::ErrorKind::TimedOut.into())),
                }
            })
        })
        .after_connect(|connection, _| {
            Box::pin(async move {
                sqlx::query(READ_COMMITTED)
                    .execute(connection)
                    .await
                    .map(drop)
            })
        })
}

/// Creates the file with the mode 600, because SQLite would make it readable for all users of the
/// host. The files that SQLite creates next to it get the same mode.
fn create_private(path: &Path) -> Result<(), OpenError> {
    let mut options = fs::OpenOptions::new();
    match options.write(true).create_new(true).mode(0o600).open(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        Err(error) => return Err(OpenError::Create(path.display().to_string(), error)),
        Ok(_) => return Ok(()),
    }
    // SQLite says only that it cannot open the file.
    let opened = fs::OpenOptions::new().read(true).write(true).open(path);
    let of_another = opened
        .err()
        .and_then(|error| FileOfAnother::behind(&error, path));
    of_another.map_or(Ok(()), |file| Err(OpenError::OfAnother(file)))
}

/// Takes the rights of other users from the file and from those that SQLite has created next to
/// it. A user who can read them tries passwords without limit, and one who can write them sets any.
fn make_private(path: &Path) -> Result<(), OpenError> {
    for suffix in ["", "-wal", "-shm"] {
        let mut file = path.as_os_str().to_owned();
        file.push(suffix);
        let file = PathBuf::from(file);
        // The other two exist only while the database is open, or after a process was killed.
        let Ok(metadata) = fs::metadata(&file) else {
            continue;
        };
        let mode = metadata.permissions().mode() & 0o777;
        if mode & 0o077 != 0 {
            let shown = file.display();
            fs::set_permissions(&file, fs::Permissions::from_mode(0o600))
                .map_err(|error| OpenError::Mode(shown.to_string(), mode, error))?;
            tracing::warn!("{shown} had mode {mode:03o}, and has 600 from now on");
        }
    }
    Ok(())
}

/// A query failed or took too long. The message is for the log.
#[derive(Debug)]
pub(crate) enum DatabaseError {
    Query(sqlx::Error),
    Timeout(Duration),
    /// The same, and it is known why: no connection can be made.
    Unreachable(Arc<str>),
    File(FileGone),
}

impl fmt::Display for DatabaseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Query(error) => error.fmt(f),
            Self::File(gone) => gone.fmt(f),
            Self::Timeout(limit) => write!(f, "no answer within {} s", limit.as_secs()),
            Self::Unreachable(reason) => f.write_str(reason),
        }
    }
}

impl std::error::Error for DatabaseError {}

/// The database cannot be used. The message is for the operator who starts the program.
#[derive(Debug)]
pub(crate) enum OpenError {
    Missing,
    Create(String, io::Error),
    Mode(String, u32, io::Error),
    OfAnother(FileOfAnother),
    Connect(sqlx::Error),
    Migrate(MigrationError),
}

impl From<sqlx::Error> for OpenError {
    fn from(error: sqlx::Error) -> Self {
        Self::Connect(error)
    }
}

impl From<MigrationError> for OpenError {
    fn from(error: MigrationError) -> Self {
        Self::Migrate(error)
    }
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => write!(f, "there is none. {}", missing::HELP),
            Self::Create(path, error) if error.kind() == io::ErrorKind::NotFound => {
                write!(f, "cannot create {path}: its folder does not exist")
            }
            Self::Create(path, error) => write!(f, "cannot create {path}: {error}"),
            Self::Mode(path, mode, error) => write!(
                f,
                "{path} has mode {mode:03o}, so other users of this host can read it, and that cannot be changed: {error}. \
                 As its owner, run `chmod 600 {path}`"
            ),
            Self::OfAnother(file) => file.fmt(f),
            Self::Connect(error) => error.fmt(f),
            Self::Migrate(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for OpenError {}

const WRITE: &str = "UPDATE handstamp_session_store SET writes = writes + 1";
const PING: &str = "SELECT version FROM handstamp_server_schema LIMIT 1";

const IS_STANDBY: &str = "SELECT current_setting('transaction_read_only') = 'on'";
const READ_COMMITTED: &str =
    "SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL READ COMMITTED";

/// Longer than any query takes, although writers wait for each other.
pub(crate) const SQLITE_TIMEOUT: Duration = Duration::from_secs(5);
/// A log-in waits for this long while the server of the database is down.
pub(crate) const POSTGRES_TIMEOUT: Duration = Duration::from_secs(2);
/// One connection writes at a time; the others read.
const SQLITE_CONNECTIONS: u32 = 4;
/// PostgreSQL has 100 connections by default, which several nodes share.
const POSTGRES_CONNECTIONS: u32 = 10;
const POSTGRES_SIGN_OF_LIFE: Duration = Duration::from_millis(500);
/// The code [`SQLITE_BUSY`](https://www.sqlite.org/rescode.html#busy): another connection has a
/// lock.
const SQLITE_BUSY: &str = "5";

#[cfg(test)]
mod tests;
