//! A middleware as it is written by hand: axum-extra's cookie jar, `jsonwebtoken`, and a comparison
//! of the CSRF header with the claim.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{Method, StatusCode};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Extension, Json, Router};
use handstamp_bench::jar::{Claims, Jar};

use super::Me;

pub fn app() -> Router {
    let jar = Arc::new(Jar::new());
    let protect = from_fn_with_state(Arc::clone(&jar), protect);
    Router::new()
        .route("/me", get(subject))
        .route("/notes", post(subject))
        .route_layer(protect)
        .route("/login", post(log_in))
        .with_state(jar)
}

async fn protect(State(jar): State<Arc<Jar>>, mut request: Request, next: Next) -> Response {
    let Ok(claims) = jar.verify(request.headers()) else {
        return StatusCode::UNAUTHORIZED.into_response();
    };
    if request.method() != Method::GET {
        let sent = request.headers().get("x-csrf-token");
        if sent.is_none_or(|sent| sent.as_bytes() != claims.csrf.as_bytes()) {
            return StatusCode::FORBIDDEN.into_response();
        }
    }
    request.extensions_mut().insert(Arc::new(claims));
    next.run(request).await
}

async fn log_in(State(jar): State<Arc<Jar>>) -> Response {
    jar.set_cookies(&jar.issue())
}

async fn subject(Extension(claims): Extension<Arc<Claims>>) -> Json<Me> {
    Json(Me::new(&claims.sub))
}
