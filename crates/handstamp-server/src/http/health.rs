//! What load balancers and container managers ask. No token is needed, and nothing is told but this.

use std::fmt::Display;
use std::future::Future;
use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CACHE_CONTROL;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::json;

use crate::storage::database::Database;
use crate::storage::sessions::Sessions;

pub(crate) fn routes(database: Database, sessions: Sessions) -> Router {
    Router::new()
        .route("/healthz", get(healthz))
        .route("/readyz", get(readyz))
        .with_state(Parts { database, sessions })
}

/// What log-ins need.
#[derive(Clone)]
struct Parts {
    database: Database,
    sessions: Sessions,
}

/// The process is up. It says nothing of the database: a restart would not bring that back.
async fn healthz() -> impl IntoResponse {
    answer(StatusCode::OK, Json(json!({"status": "ok"})))
}

/// Log-ins and requests can be served.
async fn readyz(State(Parts { database, sessions }): State<Parts>) -> Response {
    let (database, sessions) = tokio::join!(
        answers("the database", database.ping()),
        answers("the store of sessions", sessions.ping()),
    );
    let status = if database && sessions {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    let word = |is_up| if is_up { "ok" } else { "unreachable" };
    let body = json!({"database": word(database), "sessions": word(sessions)});
    answer(status, Json(body)).into_response()
}

/// Whether a part answers in time.
async fn answers<E: Display>(part: &str, asked: impl Future<Output = Result<(), E>>) -> bool {
    match tokio::time::timeout(PATIENCE, asked).await {
        Ok(Ok(())) => return true,
        Ok(Err(error)) => tracing::error!(%error, "not ready: {part} does not answer"),
        Err(_) => tracing::error!("not ready: {part} does not answer in time"),
    }
    false
}

fn answer(status: StatusCode, body: impl IntoResponse) -> impl IntoResponse {
    (status, [(CACHE_CONTROL, "no-store")], body)
}

/// Who asks does so every few seconds.
const PATIENCE: Duration = Duration::from_secs(2);
