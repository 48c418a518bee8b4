//! Finds out why PostgreSQL gave no connection.
//!
//! The driver tries again while a server refuses connections, and then reports only that it has
//! waited. So this connects once, outside of the pool.

use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{Connection as _, PgPool};
use tokio::sync::Mutex;
use tokio::time::timeout;

use super::{DatabaseError, POSTGRES_SIGN_OF_LIFE};

/// Returns why no connection can be made, or `None` if one can.
pub(super) async fn reason(options: &PgConnectOptions) -> Option<sqlx::Error> {
    let connecting = PgConnection::connect_with(options);
    match timeout(POSTGRES_SIGN_OF_LIFE, connecting).await {
        Ok(Ok(_)) => None,
        Ok(Err(error)) => Some(error),
        Err(_) => Some(sqlx::Error::Io(io::ErrorKind::TimedOut.into())),
    }
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
            let reason = reason(&options).await;
            let known = reason.map(|error| Arc::<str>::from(error.to_string()));
            *last = Some((Instant::now(), known.clone()));
            known
        }
    };
    Err(known.map_or(error, DatabaseError::Unreachable))
}

/// A process has one database of users.
static LAST: Mutex<Option<(Instant, Option<Arc<str>>)>> = Mutex::const_new(None);

const KNOWN_FOR: Duration = Duration::from_secs(1);
