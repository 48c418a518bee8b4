//! Runs statements to their end, even if their caller no longer waits.
//!
//! A caller may give up at any time. A driver that is interrupted between a statement and its
//! answer would later have to find out what is still to come. Statements therefore run in separate
//! tasks, which are not interrupted.

use std::io;
use std::time::Duration;

use handstamp::error::StoreError;
use sqlx::error::DatabaseError;
use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgArguments, PgDatabaseError, PgRow};
use sqlx::query::Query;
use sqlx::{Connection as _, Error, Execute as _, Postgres, SqlStr, query_with};
use tokio::time::timeout;
use tracing::Instrument as _;

use super::{PostgresStore, Waits};
use crate::common::failure::failed;

pub(super) type Statement<'a> = Query<'a, Postgres, PgArguments>;

impl PostgresStore {
    /// Runs a statement to the end of its commit.
    pub(super) async fn rows<'a>(
        &self,
        statement: impl Fn() -> Statement<'a> + Send + Sync,
    ) -> Result<Vec<PgRow>, StoreError> {
        self.prepare().await?;
        // After a failover each connection of the pool may be one to a standby.
        let tries = TRIES + self.pool.options().get_max_connections();
        for _ in 1..tries {
            match self.try_once(statement()).await? {
                Err(error) if is_undone(&error) || is_of_a_standby(&error) => {}
                done => return done.map_err(failed),
            }
        }
        self.try_once(statement()).await?.map_err(failed)
    }

    async fn try_once(
        &self,
        mut statement: Statement<'_>,
    ) -> Result<Result<Vec<PgRow>, Error>, StoreError> {
        let connection = self.connection().await?;
        let arguments = statement.take_arguments().map_err(StoreError::new)?;
        let running = run(
            connection,
            statement.sql(),
            arguments.unwrap_or_default(),
            self.waits.as_ref().map_or(Duration::MAX, |waits| {
                // The database has answered by then, if only that the statement took too long.
                waits.of_a_statement() + TO_ANSWER
            }),
        );
        in_a_task(running).await
    }

    pub(super) async fn connection(&self) -> Result<PoolConnection<Postgres>, StoreError> {
        let acquired = self.pool.acquire();
        let acquired = match &self.waits {
            Some(waits) => timeout(waits.of_a_connection(), acquired)
                .await
                .unwrap_or(Err(Error::PoolTimedOut)),
            None => acquired.await,
        };
        match acquired {
            Err(Error::PoolTimedOut) => {
                let at_most = (self.waits.as_ref()).map_or(DIAGNOSIS, Waits::of_a_diagnosis);
                Err(StoreError::new(
                    self.diagnosis.of(&self.pool, at_most).await,
                ))
            }
            acquired => acquired.map_err(failed),
        }
    }
}

/// Runs a task to its end, even when this future is dropped.
pub(super) async fn in_a_task<T: Send + 'static>(
    task: impl Future<Output = T> + Send + 'static,
) -> Result<T, StoreError> {
    let task = tokio::spawn(task.in_current_span());
    task.await.map_err(StoreError::new)
}

async fn run(
    mut connection: PoolConnection<Postgres>,
    sql: SqlStr,
    arguments: PgArguments,
    at_most: Duration,
) -> Result<Vec<PgRow>, Error> {
    let rows = async {
        let statement = query_with(sql.clone(), arguments.clone());
        match statement.fetch_all(&mut *connection).await {
            Err(error) if is_outdated(&error) => {
                connection.clear_cached_statements().await?;
                query_with(sql, arguments).fetch_all(&mut *connection).await
            }
            done => done,
        }
    };
    let done = timeout(at_most, rows)
        .await
        .unwrap_or_else(|_| Err(Error::Io(io::ErrorKind::TimedOut.into())));
    if done
        .as_ref()
        .is_err_and(|error| is_timeout(error) || is_of_a_standby(error))
    {
        // Frees its place in the pool for another one.
        connection.close_on_drop();
    }
    done
}

fn is_timeout(error: &Error) -> bool {
    matches!(error, Error::Io(error) if error.kind() == io::ErrorKind::TimedOut)
}

/// Returns whether the server takes no writes: after a failover it is the former primary, or a
/// standby that the name meant for a while. A new connection may reach the primary.
fn is_of_a_standby(error: &Error) -> bool {
    let code = error.as_database_error().and_then(DatabaseError::code);
    // read_only_sql_transaction
    code.is_some_and(|code| code == "25006")
}

/// Returns whether the database did nothing and the statement can be repeated, because two
/// transactions conflicted. The default isolation level has no such conflicts, but the settings of
/// a database may choose another.
fn is_undone(error: &Error) -> bool {
    let code = error.as_database_error().and_then(DatabaseError::code);
    // serialization_failure, deadlock_detected
    code.is_some_and(|code| code == "40001" || code == "40P01")
}

/// Returns whether the database did nothing because a statement was prepared before a later release
/// added a column: nodes of this release go on while it starts.
fn is_outdated(error: &Error) -> bool {
    let error = error.as_database_error();
    let error = error.and_then(|error| error.try_downcast_ref::<PgDatabaseError>());
    // Error messages are translated, and their code has other causes as well.
    error.is_some_and(|error| error.routine() == Some("RevalidateCachedQuery"))
}

/// For a pool of the application.
const DIAGNOSIS: Duration = Duration::from_millis(500);
const TRIES: u32 = 5;
const TO_ANSWER: Duration = Duration::from_secs(1);
