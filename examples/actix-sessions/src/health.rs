//! Whether the service can answer, for whatever watches it.

use actix_web::http::StatusCode;
use actix_web::web;

use crate::app::App;

/// Behind no log-in, so it says no more than this.
pub async fn health(app: web::Data<App>) -> (&'static str, StatusCode) {
    let answer = sqlx::query("SELECT 1").execute(&app.pool).await;
    match answer {
        Ok(_) => ("ok", StatusCode::OK),
        Err(error) => {
            tracing::error!(%error, "the database does not answer");
            (
                "the database does not answer",
                StatusCode::SERVICE_UNAVAILABLE,
            )
        }
    }
}
