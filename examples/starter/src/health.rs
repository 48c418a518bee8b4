//! Whether the service can answer, for whatever watches it.

use axum::extract::State;
use axum::http::StatusCode;

use crate::app::App;

/// Behind no log-in, so it says no more than this.
pub async fn health(State(app): State<App>) -> (StatusCode, &'static str) {
    let answer = sqlx::query("SELECT 1").execute(&app.pool).await;
    match answer {
        Ok(_) => (StatusCode::OK, "ok"),
        Err(error) => {
            tracing::error!(%error, "the database does not answer");
            (
                StatusCode::SERVICE_UNAVAILABLE,
                "the database does not answer",
            )
        }
    }
}
