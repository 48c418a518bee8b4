//! Finds out why PostgreSQL gave no connection.
//!
//! The driver tries again while a server refuses connections, and then reports only that it has
//! waited. So this connects once, outside of the pool.

use std::sync::Arc;
use std::time::{Duration, Instant};

use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{Connection as _, PgPool};
use tokio::sync::Mutex;
use tokio::time::timeout;

use super::DatabaseError;

/// Returns why a connection fails, or `None` if it does not fail within this time.
pub(super) async fn reason(options: &PgConnectOptions, at_most: Duration) -> Option<sqlx::Error> {
    let connecting = timeout(at_most, PgConnection::connect_with(options));
    connecting.await.ok()?.err()
}

/// Says why a query got no answer, if that is because there is no connection. While the server is
/// down or busy it is asked once a second, and not for each query.
pub(crate) async fn explain<T>(
    pool: &PgPool,
    answer: Result<T, DatabaseError>,
) -> Result<T, DatabaseError> {
    let error = match answer {
        Err(
            error @ (DatabaseError::Timeout(_) | DatabaseError::Query(sqlx::Error::PoolTimedOut)),
        ) => error,
        answer => return answer,
    };
    let mut last = LAST.lock().await;
    let known = match &*last {
        Some((at, known)) if at.elapsed() < KNOWN_FOR => known.clone(),
        _ => {
            let options = pool.connect_options();
            let reason = reason(&options, AT_MOST).await;
            let known = reason.map(|error| Arc::<str>::from(error.to_string()));
            *last = Some((Instant::now(), known.clone()));
            known
        }
    };
    Err(known.map_or(error, DatabaseError::Unreachable))
}

/// A process has one database of users.
static LAST: Mutex<Option<(Instant, Option<Arc<str>>)>> = Mutex::const_new(None);

/// The request has waited for long already. A server that refuses does so at once.
const AT_MOST: Duration = Duration::from_millis(200);
const KNOWN_FOR: Duration = Duration::from_secs(1);
