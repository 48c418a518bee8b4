//! The store for SQLite: its files, its settings and its tables.

mod checkpoint;
mod file;
mod limits;
mod opened_file;
mod statements;

use std::fmt;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use handstamp::error::StoreError;
use handstamp::store::{
    AccountId, Admission, Admit, BoxFuture, Created, EndExcess, EndRevoked, EndedSessions,
    ListSessions, ListedSessions, NewSession, ReadSession, Redeem, Redemption, RevokeSession,
    RevokeToken, RevokeUser, Rotate, Rotation, SessionId, SessionRow, Store, UpdateSession,
};
use sqlx::pool::PoolConnection;
use sqlx::sqlite::{SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Error, Sqlite, SqliteConnection, SqlitePool, query_scalar};
use tokio::runtime::Handle;
use tokio::time::{sleep, timeout};

use crate::common::failure::failed;
use crate::common::schema::{Step, Tables, bring_up_to_date, compare};
use crate::common::timeout::StoreTimeout;
use crate::common::verbs;
use opened_file::OpenedFile;
use statements::begin;

/// A store of sessions and revocations in a SQLite file, for an application on one machine, with
/// one process or a few.
///
/// No answered write is lost, neither when the process dies nor when the power fails: each write is
/// on the disk before it is answered (`journal_mode=WAL`, `synchronous=FULL`). That is the cost of
/// a write: SQLite has one writer at a time, and a flush of the disk takes 0.1 to 10 milliseconds.
/// Requests with access tokens write once a minute per session, all others only read.
///
/// Tables are created at the first use; the names of all of them begin with `handstamp_`. The clock
/// is that of the machine.
///
/// ```
/// use handstamp::store::{AccountId, ListSessions, Store};
/// use handstamp_sqlx::SqliteStore;
///
/// # #[tokio::main]
/// # async fn main() -> Result<(), handstamp::error::StoreError> {
/// # let folder = std::env::temp_dir().join(format!("handstamp-example-{}", std::process::id()));
/// # std::fs::create_dir_all(&folder).map_err(handstamp::error::StoreError::new)?;
/// # let path = folder.join("sessions.db");
/// let store = SqliteStore::open(&path).await?;
/// let list = ListSessions::new(AccountId::new(None, "user1"), 100);
/// assert!(store.list(list).await?.rows.is_empty());
/// # drop(store);
/// # std::fs::remove_dir_all(&folder).map_err(handstamp::error::StoreError::new)?;
/// # Ok(())
/// # }
/// ```
///
/// # Security
/// [`open`](Self::open) creates a file for its owner alone (mode 0600). Write access to the file
/// allows to revive revoked sessions, and together with the signing key to log in as the user of
/// any session.
///
/// Never use a network file system: their locks are unreliable, and SQLite's shared memory does not
/// work there.
pub struct SqliteStore {
    readers: SqlitePool,
    /// One connection: writers queue here in order, and not in SQLite, where the order is random.
    writer: SqlitePool,
    /// `None` in a pool of the application, which opens its file.
    file: Option<OpenedFile>,
    is_prepared: AtomicBool,
    timeout: StoreTimeout,
}

impl SqliteStore {
    /// Opens a file, creates it if needed, and creates the tables in it.
    ///
    /// The file is a path, or a URL such as `sqlite:///var/lib/app/sessions.db`.
    ///
    /// When the file is deleted or replaced while it is open, every method fails until the same
    /// file is back: what SQLite would write into a deleted file is lost.
    ///
    /// # Errors
    /// Returns a [`StoreError`] if the file cannot be opened or created; if its tables were made by
    /// a newer release of this crate; for a database in memory, which is what `MemoryStore` is for;
    /// and outside of a Tokio runtime.
    pub async fn open(file: impl AsRef<Path>) -> Result<Self, StoreError> {
        Handle::try_current().map_err(StoreError::new)?;
        let options = file::options(file.as_ref())?
            // It exists, with its mode. SQLite would make another one in place of one that was
            // deleted since, readable for all.
            .create_if_missing(false)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .pragma("wal_autocheckpoint", checkpoint::AT_THE_LATEST)
            .busy_timeout(LONGEST_TIMEOUT);
        file::make_private(options.get_filename()).map_err(StoreError::new)?;
        let file = OpenedFile::at(options.get_filename()).map_err(StoreError::new)?;
        let readers = pool_options(READERS).connect_lazy_with(options.clone());
        let writer = checkpoint::elsewhere(pool_options(1), readers.clone());
        let store = Self {
            writer: writer.connect_lazy_with(options),
            readers,
            file: Some(file),
            is_prepared: AtomicBool::new(false),
            timeout: StoreTimeout::default(),
        };
        store.prepare().await?;
        Ok(store)
    }

    /// Creates a store in an existing pool of the application. The tables are created at the first
    /// method.
    ///
    /// The settings of the pool apply. Use `journal_mode=WAL`, `synchronous=FULL` and a busy
    /// timeout of `HANDSTAMP_STORE_TIMEOUT`; with the usual `synchronous=NORMAL` a power failure
    /// may undo the last log-outs. Without WAL a warning is logged, once: requests that read wait
    /// for each one that writes. A database in memory needs a pool of exactly one connection that
    /// is never closed.
    ///
    /// The pool is one of the [`sqlx`](crate::sqlx) that this crate uses.
    ///
    /// ```
    /// use handstamp_sqlx::SqliteStore;
    /// use handstamp_sqlx::sqlx::SqlitePool;
    /// use handstamp_sqlx::sqlx::sqlite::{
    ///     SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous,
    /// };
    /// # use std::time::Duration;
    ///
    /// # #[tokio::main]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let folder = std::env::temp_dir().join(format!("handstamp-pool-{}", std::process::id()));
    /// # std::fs::create_dir_all(&folder)?;
    /// # let path = folder.join("app.db");
    /// let options = SqliteConnectOptions::new()
    ///     .filename(&path)
    ///     .create_if_missing(true)
    ///     .journal_mode(SqliteJournalMode::Wal)
    ///     .synchronous(SqliteSynchronous::Full)
    ///     .busy_timeout(Duration::from_secs(2));
    /// let pool = SqlitePool::connect_with(options).await?;
    /// let store = SqliteStore::in_pool(pool.clone());
    /// store.prepare().await?;
    /// # drop(store);
    /// # pool.close().await;
    /// # std::fs::remove_dir_all(&folder)?;
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn in_pool(pool: SqlitePool) -> Self {
        Self {
            readers: pool.clone(),
            writer: pool,
            file: None,
            is_prepared: AtomicBool::new(false),
            timeout: StoreTimeout::default(),
        }
    }

    /// Creates the tables now, if needed, to detect errors at the start of an application. Methods
    /// do it on their own.
    ///
    /// # Errors
    /// Returns a [`StoreError`] if the database cannot be opened, or if its tables were made by a
    /// newer release of this crate.
    pub async fn prepare(&self) -> Result<(), StoreError> {
        if let Some(file) = &self.file {
            file.check()?;
        }
        if !self.is_prepared.load(Ordering::Relaxed) {
            let mut connection = first_connection(&self.writer).await.map_err(failed)?;
            prepare(&mut connection, self.at_most()).await?;
            if !self.is_prepared.swap(true, Ordering::Relaxed) {
                warn_unless_wal(&mut connection).await.map_err(failed)?;
            }
        }
        Ok(())
    }

    fn at_most(&self) -> Duration {
        self.timeout.or(UNKNOWN_TIMEOUT)
    }
}

impl fmt::Debug for SqliteStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteStore").finish_non_exhaustive()
    }
}

impl Store for SqliteStore {
    fn set_timeout(&self, timeout: Duration) {
        self.timeout.set(timeout);
    }

    fn create(&self, new: NewSession) -> BoxFuture<'_, Result<Created, StoreError>> {
        Box::pin(verbs::create(self, new))
    }

    fn rotate(&self, rotate: Rotate) -> BoxFuture<'_, Result<Rotation, StoreError>> {
        Box::pin(verbs::rotate(self, rotate))
    }

    fn admit(&self, admit: Admit) -> BoxFuture<'_, Result<Admission, StoreError>> {
        Box::pin(verbs::admit(self, admit))
    }

    fn session(&self, read: ReadSession) -> BoxFuture<'_, Result<Option<SessionRow>, StoreError>> {
        Box::pin(self.live_session(read))
    }

    fn update_session(
        &self,
        update: UpdateSession,
    ) -> BoxFuture<'_, Result<Option<SessionRow>, StoreError>> {
        Box::pin(self.change_data(update))
    }

    fn revoke_session(&self, revoke: RevokeSession) -> BoxFuture<'_, Result<bool, StoreError>> {
        Box::pin(self.revoke_one(revoke))
    }

    fn revoke_user(&self, revoke: RevokeUser) -> BoxFuture<'_, Result<EndedSessions, StoreError>> {
        Box::pin(self.revoke_many(revoke))
    }

    fn end_revoked(&self, end: EndRevoked) -> BoxFuture<'_, Result<EndedSessions, StoreError>> {
        Box::pin(self.record_ends(end))
    }

    fn end_excess(&self, end: EndExcess) -> BoxFuture<'_, Result<Vec<SessionId>, StoreError>> {
        Box::pin(self.end_least_used(end))
    }

    fn crowded_accounts(
        &self,
        at_most: usize,
    ) -> BoxFuture<'_, Result<Vec<AccountId>, StoreError>> {
        Box::pin(self.accounts_beyond(at_most))
    }

    fn revoke_token(&self, revoke: RevokeToken) -> BoxFuture<'_, Result<(), StoreError>> {
        Box::pin(self.insert_revoked_token(revoke))
    }

    fn redeem(&self, redeem: Redeem) -> BoxFuture<'_, Result<Redemption, StoreError>> {
        Box::pin(self.redeem_token(redeem))
    }

    fn list(&self, list: ListSessions) -> BoxFuture<'_, Result<ListedSessions, StoreError>> {
        Box::pin(self.live_sessions(list))
    }

    fn purge(&self) -> BoxFuture<'_, Result<u64, StoreError>> {
        Box::pin(self.remove_ended())
    }
}

fn pool_options(connections: u32) -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(LONGEST_TIMEOUT)
        // There is no server that could close a connection.
        .test_before_acquire(false)
        .idle_timeout(None)
        .max_lifetime(None)
}

/// Connects, which switches a new file to WAL. For that SQLite takes a lock for which it does not
/// wait, so this retries.
async fn first_connection(pool: &SqlitePool) -> Result<PoolConnection<Sqlite>, Error> {
    let began = Instant::now();
    loop {
        match pool.acquire().await {
            Err(Error::Database(error))
                if error.code().as_deref() == Some(SQLITE_BUSY)
                    && began.elapsed() < UNKNOWN_TIMEOUT =>
            {
                sleep(Duration::from_millis(20)).await;
            }
            connected => return connected,
        }
    }
}

/// Waits for other processes that write, and for the writers of this one.
async fn within<T>(
    at_most: Duration,
    written: impl Future<Output = Result<T, Error>>,
) -> Result<T, StoreError> {
    match timeout(at_most, written).await {
        Ok(written) => written.map_err(failed),
        Err(_) => Err(StoreError::new(format!(
            "no write within {at_most:?}: another process writes to the file of SQLite, or its disk is slow"
        ))),
    }
}

/// Creates the tables, or brings them up to date.
async fn prepare(connection: &mut SqliteConnection, at_most: Duration) -> Result<(), StoreError> {
    let seen = newest(connection).await.map_err(failed)?;
    if compare(&STEPS, seen)? == Tables::UpToDate {
        return Ok(());
    }
    // Many processes may start at once: from here on there is only one.
    let mut transaction = within(at_most, begin(connection)).await?;
    if bring_up_to_date(&mut *transaction, &STEPS).await? {
        tracing::info!("created or updated the tables of handstamp in SQLite");
    }
    transaction.commit().await.map_err(failed)
}

/// Warns of a pool of the application whose file is not in WAL mode. A database in memory has a
/// mode of its own.
async fn warn_unless_wal(connection: &mut SqliteConnection) -> Result<(), Error> {
    let journal_mode: String = query_scalar("PRAGMA journal_mode")
        .fetch_one(connection)
        .await?;
    if !["wal", "memory"].contains(&journal_mode.as_str()) {
        tracing::warn!(
            journal_mode,
            "the file of SQLite that keeps sessions is not in WAL mode: each write makes all who read wait, and a reader \
             the writer, until requests are refused because the store does not answer. Set journal_mode=WAL when the pool \
             is made (SqliteConnectOptions::journal_mode), or once for the file: PRAGMA journal_mode=WAL"
        );
    }
    Ok(())
}

/// Returns the newest migration that the database has.
async fn newest(connection: &mut SqliteConnection) -> Result<Option<i64>, Error> {
    let has_tables: bool = query_scalar(
        "SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'handstamp_migrations')",
    )
    .fetch_one(&mut *connection)
    .await?;
    if !has_tables {
        return Ok(None);
    }
    query_scalar("SELECT max(version) FROM handstamp_migrations")
        .fetch_one(connection)
        .await
}

const STEPS: [Step; 6] = [
    Step {
        version: 1,
        description: "sessions",
        sql: include_str!("../../migrations/sqlite/0001_sessions.sql"),
    },
    Step {
        version: 2,
        description: "bounds",
        sql: include_str!("../../migrations/sqlite/0002_bounds.sql"),
    },
    Step {
        version: 3,
        description: "late re-issues",
        sql: include_str!("../../migrations/sqlite/0003_late_reissues.sql"),
    },
    Step {
        version: 4,
        description: "created after",
        sql: include_str!("../../migrations/sqlite/0004_created_after.sql"),
    },
    Step {
        version: 5,
        description: "redeemed tokens",
        sql: include_str!("../../migrations/sqlite/0005_redeemed_tokens.sql"),
    },
    Step {
        version: 6,
        description: "limits",
        sql: include_str!("../../migrations/sqlite/0006_limits.sql"),
    },
];
/// The code [`SQLITE_BUSY`](https://www.sqlite.org/rescode.html#busy): another connection has a
/// lock.
const SQLITE_BUSY: &str = "5";
/// How many callers may read at once; each needs a thread.
const READERS: u32 = 4;
/// How long SQLite itself waits for another process that writes: the longest that
/// `HANDSTAMP_STORE_TIMEOUT` may be. Callers wait for that setting.
const LONGEST_TIMEOUT: Duration = Duration::from_mins(1);
/// For a store that no application has told its setting.
const UNKNOWN_TIMEOUT: Duration = Duration::from_secs(5);
