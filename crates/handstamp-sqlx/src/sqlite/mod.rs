//! Sessions in SQLite.

mod file;
mod statements;

use std::fmt;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use handstamp::error::StoreError;
use handstamp::store::{
    AccountId, Admission, Admit, BoxFuture, Created, NewSession, ReadSession, RevokeSession,
    RevokeToken, RevokeUser, Rotate, Rotation, SessionId, SessionRow, Store,
};
use sqlx::sqlite::{SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Error, SqliteConnection, SqlitePool, query_scalar};
use tokio::runtime::Handle;

use crate::common::failure::failed;
use crate::common::schema::{Step, Tables, bring_up_to_date, compare};
use crate::common::verbs;
use statements::begin;

/// Sessions and revocations in a file: for an application on one machine, of one process or a few.
///
/// Nothing that was answered is lost, neither when the process dies nor when the power fails: each write is on the disk
/// before it is answered (`journal_mode=WAL`, `synchronous=FULL`). That is what a write costs: SQLite has one writer at a
/// time, and a disk's flush takes from a tenth of a millisecond to ten. Requests with access tokens write once a minute for
/// each session, all others only read.
///
/// Tables are made at the first use; all have names that begin with `handstamp_`. Time is that of the machine's clock.
///
/// ```
/// use handstamp::store::{Store, AccountId};
/// use handstamp_sqlx::SqliteStore;
///
/// # #[tokio::main]
/// # async fn main() -> Result<(), handstamp::error::StoreError> {
/// # let folder = std::env::temp_dir().join(format!("handstamp-example-{}", std::process::id()));
/// # std::fs::create_dir_all(&folder).map_err(handstamp::error::StoreError::new)?;
/// # let path = folder.join("sessions.db");
/// let store = SqliteStore::open(&path).await?;
/// assert!(store.list(AccountId::new(None, "user1")).await?.is_empty());
/// # drop(store);
/// # std::fs::remove_dir_all(&folder).map_err(handstamp::error::StoreError::new)?;
/// # Ok(())
/// # }
/// ```
///
/// # Security
/// A file that [`open`](Self::open) makes is for its owner alone (mode 0600). Who can write it can log in as anybody whose
/// session it holds only with the signing key as well, but can bring back sessions that were ended.
///
/// Never on a network file system: their locks lie, and SQLite's shared memory does not work there.
pub struct SqliteStore {
    readers: SqlitePool,
    /// One connection: who wants to write waits here, first come, first served, and not in SQLite, where luck decides.
    writer: SqlitePool,
    is_prepared: AtomicBool,
}

impl SqliteStore {
    /// Opens a file, which is made if need be, and makes the tables in it.
    ///
    /// The file is a path, or a URL such as `sqlite:///var/lib/app/sessions.db`.
    ///
    /// # Errors
    /// When the file cannot be opened or made; when its tables were made by a newer release of this crate; for a database in
    /// memory, which is what `MemoryStore` is for; and outside of a Tokio runtime.
    pub async fn open(file: impl AsRef<Path>) -> Result<Self, StoreError> {
        Handle::try_current().map_err(StoreError::new)?;
        let options = file::options(file.as_ref())?
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(BUSY);
        file::make_private(options.get_filename()).map_err(StoreError::new)?;
        let store = Self {
            writer: pool_options(1).connect_lazy_with(options.clone()),
            readers: pool_options(READERS).connect_lazy_with(options),
            is_prepared: AtomicBool::new(false),
        };
        store.prepare().await?;
        Ok(store)
    }

    /// In a pool that the application has already. Makes the tables at the first verb.
    ///
    /// The pool's settings count. Let them be `journal_mode=WAL`, `synchronous=FULL` and a busy timeout of seconds; with the
    /// usual `synchronous=NORMAL` a power failure may undo the last log-outs. A database in memory needs a pool of exactly
    /// one connection, which is never closed.
    #[must_use]
    pub fn in_pool(pool: SqlitePool) -> Self {
        Self {
            readers: pool.clone(),
            writer: pool,
            is_prepared: AtomicBool::new(false),
        }
    }

    /// Makes the tables now, if need be: for an application that wants to know at its start. Verbs do it by themselves.
    ///
    /// # Errors
    /// When the database cannot be opened, and when the tables were made by a newer release of this crate.
    pub async fn prepare(&self) -> Result<(), StoreError> {
        if !self.is_prepared.load(Ordering::Relaxed) {
            let mut connection = self.writer.acquire().await.map_err(failed)?;
            prepare(&mut connection).await?;
            self.is_prepared.store(true, Ordering::Relaxed);
        }
        Ok(())
    }
}

impl fmt::Debug for SqliteStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteStore").finish_non_exhaustive()
    }
}

impl Store for SqliteStore {
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

    fn revoke_session(&self, revoke: RevokeSession) -> BoxFuture<'_, Result<bool, StoreError>> {
        Box::pin(self.end_session(revoke))
    }

    fn revoke_user(&self, revoke: RevokeUser) -> BoxFuture<'_, Result<Vec<SessionId>, StoreError>> {
        Box::pin(self.end_sessions(revoke))
    }

    fn revoke_token(&self, revoke: RevokeToken) -> BoxFuture<'_, Result<(), StoreError>> {
        Box::pin(self.remember_token(revoke))
    }

    fn list(&self, uid: AccountId) -> BoxFuture<'_, Result<Vec<SessionRow>, StoreError>> {
        Box::pin(self.live_sessions(uid))
    }

    fn purge(&self) -> BoxFuture<'_, Result<u64, StoreError>> {
        Box::pin(self.remove_what_is_over())
    }
}

fn pool_options(connections: u32) -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(BUSY)
        // There is no other end that could hang up.
        .test_before_acquire(false)
        .idle_timeout(None)
        .max_lifetime(None)
}

/// Makes the tables, or brings them up to date.
async fn prepare(connection: &mut SqliteConnection) -> Result<(), StoreError> {
    let seen = newest(connection).await.map_err(failed)?;
    if compare(&STEPS, seen)? == Tables::UpToDate {
        return Ok(());
    }
    // Many processes may start at once: from here on there is one.
    let mut transaction = begin(connection).await.map_err(failed)?;
    if bring_up_to_date(&mut *transaction, &STEPS).await? {
        tracing::info!("made the tables of handstamp in SQLite, or brought them up to date");
    }
    transaction.commit().await.map_err(failed)
}

/// The newest migration that the database has seen.
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

const STEPS: [Step; 1] = [Step {
    version: 1,
    description: "sessions",
    sql: include_str!("../../migrations/sqlite/0001_sessions.sql"),
}];
/// As many as may read at once; each is a thread.
const READERS: u32 = 4;
/// How long SQLite waits for another process that writes. A request waits less long.
const BUSY: Duration = Duration::from_secs(5);
