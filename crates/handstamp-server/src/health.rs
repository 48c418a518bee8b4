//! What load balancers and container managers ask. No token is needed, and nothing is told but this.

use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CACHE_CONTROL;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::json;

use crate::database::Database;

pub(crate) fn routes(database: Database) -> Router {
    Router::new()
        .route("/healthz", get(healthz))
        .route("/readyz", get(readyz))
        .with_state(database)
}

/// The process is up. It says nothing of the database: a restart would not bring that back.
async fn healthz() -> impl IntoResponse {
    answer(StatusCode::OK, Json(json!({"status": "ok"})))
}

/// Log-ins can be served.
async fn readyz(State(database): State<Database>) -> Response {
    let (status, database) = match tokio::time::timeout(PATIENCE, database.ping()).await {
        Ok(Ok(())) => (StatusCode::OK, "ok"),
        Ok(Err(error)) => {
            tracing::error!(%error, "not ready: the database does not answer");
            (StatusCode::SERVICE_UNAVAILABLE, "unreachable")
        }
        Err(_) => {
            tracing::error!("not ready: the database does not answer in time");
            (StatusCode::SERVICE_UNAVAILABLE, "unreachable")
        }
    };
    answer(status, Json(json!({"database": database}))).into_response()
}

fn answer(status: StatusCode, body: impl IntoResponse) -> impl IntoResponse {
    (status, [(CACHE_CONTROL, "no-store")], body)
}

/// Who asks does so every few seconds.
const PATIENCE: Duration = Duration::from_secs(2);
