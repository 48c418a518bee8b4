//! The store for PostgreSQL: its pool, its timeouts and its tables.

mod limits;
mod no_connection;
mod run;
mod statements;

use std::fmt;
use std::io;
use std::str::FromStr as _;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use handstamp::error::StoreError;
use handstamp::store::{
    AccountId, Admission, Admit, BoxFuture, Created, EndExcess, EndRevoked, EndedSessions,
    ListSessions, ListedSessions, NewSession, ReadSession, Redeem, Redemption, RevokeSession,
    RevokeToken, RevokeUser, Rotate, Rotation, SessionId, SessionRow, Store, UpdateSession,
};
use sqlx::postgres::{PgConnectOptions, PgConnection, PgPoolOptions};
use sqlx::{Connection as _, Error, PgPool, query, query_scalar};
use tokio::runtime::Handle;
use tokio::time::timeout;

use crate::common::failure::failed;
use crate::common::schema::{Step, Tables, bring_up_to_date, compare};
use crate::common::timeout::StoreTimeout;
use crate::common::verbs;
use no_connection::Diagnosis;
use run::in_a_task;

/// A store of sessions and revocations in PostgreSQL 12 or newer, for an application that already
/// uses it, on any number of nodes.
///
/// Tables are created at the first use; the names of all of them begin with `handstamp_`. The clock
/// is that of the database. No lock is held between statements.
///
/// # When the database is down
/// Methods then return a [`StoreError`], after half of `HANDSTAMP_STORE_TIMEOUT` if there is no
/// connection, with the reason: that the server refuses connections, does not answer, or that all
/// connections are in use. They work again once the database is back, without a restart. That
/// includes the start: [`connect_lazy`](Self::connect_lazy) creates a store without a connection,
/// [`connect`](Self::connect) fails while the database is down.
///
/// ```no_run
/// use handstamp_sqlx::PostgresStore;
///
/// # #[tokio::main]
/// # async fn main() -> Result<(), handstamp::error::StoreError> {
/// let url = "postgres://app:secret@db.internal/app?sslmode=verify-full";
/// let store = PostgresStore::connect(url).await?;
/// # Ok(())
/// # }
/// ```
///
/// # Security
/// No error and no `Debug` of this crate contains the password of the URL. Without
/// `sslmode=verify-full` an attacker in the network can read and change sessions; see
/// [TLS](crate#tls-to-postgresql).
pub struct PostgresStore {
    pool: PgPool,
    /// None in a pool of the application, whose settings apply.
    waits: Option<Waits>,
    diagnosis: Diagnosis,
    is_prepared: AtomicBool,
}

impl PostgresStore {
    /// Connects, and creates the tables if needed.
    ///
    /// The URL is one of libpq: `postgres://user:password@host:port/database?sslmode=...`.
    ///
    /// # Errors
    /// Returns the errors of [`connect_lazy`](Self::connect_lazy) and of
    /// [`prepare`](Self::prepare).
    pub async fn connect(url: &str) -> Result<Self, StoreError> {
        let store = Self::connect_lazy(url)?;
        store.prepare().await?;
        Ok(store)
    }

    /// Creates a store that connects at the first method, so that an application starts while its
    /// database is down.
    ///
    /// ```
    /// use handstamp_sqlx::PostgresStore;
    ///
    /// # #[tokio::main]
    /// # async fn main() -> Result<(), handstamp::error::StoreError> {
    /// let store = PostgresStore::connect_lazy("postgres://app:secret@127.0.0.1:1/app")?;
    /// if let Err(error) = store.prepare().await {
    ///     eprintln!("sessions do not work yet: {error}");
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// Returns a [`StoreError`] if the URL is not one of PostgreSQL, and outside of a Tokio
    /// runtime.
    pub fn connect_lazy(url: &str) -> Result<Self, StoreError> {
        if !SCHEMES.iter().any(|scheme| url.starts_with(scheme)) {
            return Err(StoreError::new(
                "a URL of PostgreSQL begins with postgres://",
            ));
        }
        let mut options = PgConnectOptions::from_str(url).map_err(StoreError::new)?;
        if options.get_application_name().is_none() {
            options = options.application_name("handstamp");
        }
        let given = options.get_options().unwrap_or_default();
        let waits = Waits {
            timeout: StoreTimeout::default(),
            ends_statements: !given.contains("statement_timeout"),
        };
        if waits.ends_statements {
            options = with_statement_timeout(options, waits.of_a_statement());
        }
        Handle::try_current().map_err(StoreError::new)?;
        Ok(Self {
            waits: Some(waits),
            ..Self::in_pool(pool_options().connect_lazy_with(options))
        })
    }

    /// Creates a store in an existing pool of the application. It connects at the first method.
    ///
    /// The settings of the pool apply. An `acquire_timeout` of a second keeps requests short while
    /// the database is down, and lets the error say why: with sqlx's default of 30 seconds it says
    /// only that the store did not answer in time. A `statement_timeout` ends statements whose
    /// callers no longer wait. `test_before_acquire`, which is on by default, costs each method a
    /// second round trip.
    ///
    /// The pool is one of the [`sqlx`](crate::sqlx) that this crate uses.
    #[must_use]
    pub fn in_pool(pool: PgPool) -> Self {
        Self {
            pool,
            waits: None,
            diagnosis: Diagnosis::default(),
            is_prepared: AtomicBool::new(false),
        }
    }

    /// Connects now, and creates the tables if needed, to detect errors at the start of an
    /// application. Methods do it on their own.
    ///
    /// # Errors
    /// Returns a [`StoreError`] if the database cannot be reached; if the user may not create
    /// tables and there are none yet; and if the tables were made by a newer release of this crate.
    pub async fn prepare(&self) -> Result<(), StoreError> {
        if !self.is_prepared.load(Ordering::Relaxed) {
            let mut connection = self.connection().await?;
            in_a_task(async move { prepare(&mut connection).await }).await??;
            self.is_prepared.store(true, Ordering::Relaxed);
        }
        Ok(())
    }
}

/// How long the methods of a store wait that has a pool of its own.
struct Waits {
    timeout: StoreTimeout,
    /// The URL may have a `statement_timeout` of its own.
    ends_statements: bool,
}

impl Waits {
    /// Half of the time of a method, so that its caller learns that there is no connection.
    fn of_a_connection(&self) -> Duration {
        self.timeout.or(UNKNOWN_TIMEOUT) / 2
    }

    /// What is left of a method that got no connection, less a margin.
    fn of_a_diagnosis(&self) -> Duration {
        self.timeout.or(UNKNOWN_TIMEOUT) / 4
    }

    /// No caller waits for longer.
    fn of_a_statement(&self) -> Duration {
        self.timeout.or(UNKNOWN_TIMEOUT).max(STUCK)
    }
}

fn with_statement_timeout(options: PgConnectOptions, at_most: Duration) -> PgConnectOptions {
    // Of two, the later applies.
    options.options([("statement_timeout", format!("{}ms", at_most.as_millis()))])
}

impl fmt::Debug for PostgresStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresStore").finish_non_exhaustive()
    }
}

impl Store for PostgresStore {
    /// For statements it holds from the next connection on.
    fn set_timeout(&self, timeout: Duration) {
        let Some(waits) = &self.waits else { return };
        waits.timeout.set(timeout);
        if waits.ends_statements {
            let options = PgConnectOptions::clone(&self.pool.connect_options());
            let options = with_statement_timeout(options, waits.of_a_statement());
            self.pool.set_connect_options(options);
        }
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

fn pool_options() -> PgPoolOptions {
    PgPoolOptions::new()
        .acquire_timeout(LONGEST_TIMEOUT)
        // Saves each method a round trip. Only a connection that was idle is tested.
        .test_before_acquire(false)
        .before_acquire(|connection, pooled| {
            Box::pin(async move {
                if pooled.idle_for < IDLE {
                    return Ok(true);
                }
                match timeout(AT_MOST_FOR_A_SIGN_OF_LIFE, connection.ping()).await {
                    Ok(sign) => sign.map(|()| true),
                    Err(_) => Err(Error::Io(io::ErrorKind::TimedOut.into())),
                }
            })
        })
}

/// Creates the tables, or brings them up to date.
async fn prepare(connection: &mut PgConnection) -> Result<(), StoreError> {
    let seen = newest(connection).await.map_err(failed)?;
    if compare(&STEPS, seen)? == Tables::UpToDate {
        // A role that may not create tables gets this far.
        return Ok(());
    }
    // Migrations that another node commits must be visible, whatever the default isolation level
    // is.
    let transaction = connection.begin_with("BEGIN ISOLATION LEVEL READ COMMITTED");
    let mut transaction = transaction.await.map_err(failed)?;
    // Many nodes may start at once. The lock ends with the transaction, however that ends.
    query("SELECT pg_advisory_xact_lock($1)")
        .bind(LOCK)
        .execute(&mut *transaction)
        .await
        .map_err(failed)?;
    // Migrations may take longer than a method.
    query("SET LOCAL statement_timeout = 0")
        .execute(&mut *transaction)
        .await
        .map_err(failed)?;
    if bring_up_to_date(&mut *transaction, &STEPS).await? {
        tracing::info!("created or updated the tables of handstamp in PostgreSQL");
    }
    transaction.commit().await.map_err(failed)
}

/// Returns the newest migration that the database has.
async fn newest(connection: &mut PgConnection) -> Result<Option<i64>, Error> {
    let has_tables: bool = query_scalar("SELECT to_regclass('handstamp_migrations') IS NOT NULL")
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
        sql: include_str!("../../migrations/postgres/0001_sessions.sql"),
    },
    Step {
        version: 2,
        description: "bounds",
        sql: include_str!("../../migrations/postgres/0002_bounds.sql"),
    },
    Step {
        version: 3,
        description: "late re-issues",
        sql: include_str!("../../migrations/postgres/0003_late_reissues.sql"),
    },
    Step {
        version: 4,
        description: "created after",
        sql: include_str!("../../migrations/postgres/0004_created_after.sql"),
    },
    Step {
        version: 5,
        description: "redeemed tokens",
        sql: include_str!("../../migrations/postgres/0005_redeemed_tokens.sql"),
    },
    Step {
        version: 6,
        description: "limits",
        sql: include_str!("../../migrations/postgres/0006_limits.sql"),
    },
];
const SCHEMES: [&str; 2] = ["postgres://", "postgresql://"];
/// The bytes of "handstmp".
const LOCK: i64 = 0x6861_6e64_7374_6d70;
/// The longest that `HANDSTAMP_STORE_TIMEOUT` may be.
const LONGEST_TIMEOUT: Duration = Duration::from_mins(1);
/// For a store that no application has told its setting: the default of it.
const UNKNOWN_TIMEOUT: Duration = Duration::from_secs(2);
const AT_MOST_FOR_A_SIGN_OF_LIFE: Duration = Duration::from_millis(500);
/// Long enough for a database to have closed a connection, short enough for few requests to meet
/// that.
const IDLE: Duration = Duration::from_secs(1);
/// A statement that takes as long is stuck, even if callers wait for less.
const STUCK: Duration = Duration::from_secs(5);
