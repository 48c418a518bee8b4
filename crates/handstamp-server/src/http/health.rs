//! Liveness and readiness, for load balancers and container managers.
//!
//! No token is needed. The answer names what cannot be reached; the reason is logged only.

use std::fmt::Display;
use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CACHE_CONTROL;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::json;
use tokio::sync::Mutex;

use crate::audit::AuditLog;
use crate::storage::database::{Database, DatabaseError};
use crate::storage::sessions::Sessions;

pub(super) fn routes(dependencies: Dependencies) -> Router {
    let readiness = Readiness {
        dependencies,
        written_at: Arc::default(),
    };
    Router::new()
        .route("/healthz", get(healthz))
        .route("/readyz", get(readyz))
        .with_state(readiness)
}

/// The dependencies that the server needs to answer log-ins and requests.
#[derive(Clone)]
pub(crate) struct Dependencies {
    pub(crate) database: Database,
    pub(crate) sessions: Sessions,
    pub(crate) audit: AuditLog,
}

/// The dependencies, and when the database was last seen to take a write.
#[derive(Clone)]
struct Readiness {
    dependencies: Dependencies,
    written_at: Arc<Mutex<Option<Instant>>>,
}

impl Readiness {
    /// Checks that the database answers, and that it takes writes, which one with a full disk does
    /// not. However many probes come, they write once a second, one row over and over.
    async fn check_database(&self) -> Result<(), DatabaseError> {
        let database = &self.dependencies.database;
        database.ping().await?;
        let mut written_at = self.written_at.lock().await;
        if written_at.is_none_or(|at| at.elapsed() >= WRITE_INTERVAL) {
            database.write().await?;
            *written_at = Some(Instant::now());
        }
        Ok(())
    }
}

/// Reports that the process runs. It does not ask the database, which a restart of this process
/// would not repair.
async fn healthz() -> impl IntoResponse {
    uncached(StatusCode::OK, Json(json!({"status": "ok"})))
}

/// Reports whether log-ins and requests can be served.
async fn readyz(State(readiness): State<Readiness>) -> Response {
    let (database, sessions) = tokio::join!(
        answers("the database", readiness.check_database()),
        answers("the session store", readiness.dependencies.sessions.ping()),
    );
    let status = if database && sessions {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    let word = |is_up| if is_up { "ok" } else { "unreachable" };
    let mut body = json!({"database": word(database), "sessions": word(sessions)});
    // While it cannot be written, users stay logged in and log out, so the server is ready.
    if let (Some(is_well), Some(body)) =
        (readiness.dependencies.audit.is_well(), body.as_object_mut())
    {
        let word = if is_well { "ok" } else { "unwritable" };
        body.insert("audit_log".to_owned(), word.into());
    }
    uncached(status, Json(body)).into_response()
}

/// Returns whether a dependency answers in time.
async fn answers<E: Display>(name: &str, ping: impl Future<Output = Result<(), E>>) -> bool {
    match tokio::time::timeout(PING_TIMEOUT, ping).await {
        Ok(Ok(())) => return true,
        Ok(Err(error)) => tracing::error!(%error, "not ready: {name} does not work"),
        Err(_) => tracing::error!("not ready: {name} does not answer in time"),
    }
    false
}

fn uncached(status: StatusCode, body: impl IntoResponse) -> impl IntoResponse {
    (status, [(CACHE_CONTROL, "no-store")], body)
}

/// Shorter than the few seconds between two probes.
const PING_TIMEOUT: Duration = Duration::from_secs(2);
/// Shorter than the time between two probes, usually.
const WRITE_INTERVAL: Duration = Duration::from_secs(1);
