//! The metrics, on a listener of their own: they are for those who run the service.

use axum::Router;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use axum::routing::get;

use crate::monitoring::Registry;

/// Returns the router of that listener. It has this route and no other.
pub(crate) fn router(registry: Registry) -> Router {
    Router::new()
        .route("/metrics", get(metrics))
        .with_state(registry)
}

async fn metrics(State(registry): State<Registry>) -> impl IntoResponse {
    ([(CONTENT_TYPE, TEXT)], registry.text())
}

const TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";

/// The most connections at once: a few programs read the metrics.
pub(crate) const CONNECTIONS: usize = 8;
