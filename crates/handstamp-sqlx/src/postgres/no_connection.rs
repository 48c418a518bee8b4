//! Finds out why the pool gave no connection.
//!
//! The driver tries again while a server refuses connections, and then reports only that it has
//! waited. So this connects once, outside of the pool.

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{Connection as _, Error, PgPool};
use tokio::sync::Mutex;
use tokio::time::timeout;

/// Why there was no connection, and when that was found out. A database that is down or busy is not
/// asked by each caller: those of one second share an answer.
#[derive(Default)]
pub(super) struct Diagnosis(Mutex<Option<(Instant, NoConnection)>>);

impl Diagnosis {
    /// Returns why the pool gave no connection.
    pub(super) async fn of(&self, pool: &PgPool, at_most: Duration) -> NoConnection {
        let mut last = self.0.lock().await;
        if let Some((at, known)) = &*last
            && at.elapsed() < KNOWN_FOR
        {
            return known.clone();
        }
        let options = pool.connect_options();
        let reason = match timeout(at_most, PgConnection::connect_with(&options)).await {
            Ok(Ok(connection)) => {
                // Whether the server hears it changes nothing.
                let _ = timeout(at_most, connection.close()).await;
                Reason::InUse(pool.options().get_max_connections())
            }
            Ok(Err(error)) => Reason::Failed(Arc::new(error)),
            Err(_) => Reason::Silent,
        };
        let found = NoConnection {
            server: server(&options),
            reason,
        };
        *last = Some((Instant::now(), found.clone()));
        found
    }
}

/// The pool gave no connection. The message names the server, and no user or password.
#[derive(Debug, Clone)]
pub(super) struct NoConnection {
    server: String,
    reason: Reason,
}

#[derive(Debug, Clone)]
enum Reason {
    Failed(Arc<Error>),
    Silent,
    InUse(u32),
}

impl fmt::Display for NoConnection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no connection to PostgreSQL at {}: ", self.server)?;
        match &self.reason {
            Reason::Failed(error) => match &**error {
                Error::Io(error) => error.fmt(f),
                error => error.fmt(f),
            },
            Reason::Silent => f.write_str("it does not answer"),
            Reason::InUse(most) => write!(
                f,
                "it takes one more, but the {most} that the pool may have are in use, or were lost a moment ago"
            ),
        }
    }
}

impl StdError for NoConnection {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match &self.reason {
            Reason::Failed(error) => Some(&**error),
            Reason::Silent | Reason::InUse(_) => None,
        }
    }
}

/// Returns where the server is.
fn server(options: &PgConnectOptions) -> String {
    let (host, port) = (options.get_host(), options.get_port());
    match options.get_socket() {
        Some(socket) => format!("{}, port {port}", socket.display()),
        None => format!("{host}:{port}"),
    }
}

const KNOWN_FOR: Duration = Duration::from_secs(1);
