//! What the page shows while the demo users exist: the way of a request through the checks, the
//! claims of the tokens, and attacks that it tries.
//!
//! Otherwise clients learn the code of a rejection and no more: with real users, and for requests
//! that come from outside of this host, nothing of this exists.

mod attacks;
mod checks;
mod claims;
mod trace;

use axum::Router;
use axum::extract::{FromRequestParts, Request, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};

use super::outside::FromOutside;
use super::state::AppState;

pub(super) use trace::trace;

/// Returns the routes of the demo. `application` answers the requests of the attacks.
pub(super) fn routes(state: &AppState, application: Router) -> Router {
    let attacks = Router::new()
        .route("/demo/copy", post(attacks::copy))
        .route("/demo/replay", post(attacks::replay))
        .route("/demo/forge", post(attacks::forge))
        .with_state((state.auth.clone(), application))
        .layer(state.auth.same_origin());
    Router::new()
        .route("/demo/claims", get(claims::claims))
        .with_state(state.auth.clone())
        .merge(attacks)
        .route_layer(from_fn_with_state(state.clone(), in_demo))
}

/// Returns whether this is a demo for the sender of a request. While the database does not answer
/// it is none.
pub(super) async fn is_demo(state: &AppState, parts: &mut Parts) -> bool {
    let Ok(FromOutside(sign)) = FromOutside::from_request_parts(parts, state).await;
    if sign.is_some() {
        return false;
    }
    state.log_in.has_demo_users().await.unwrap_or_else(|error| {
        tracing::warn!(%error, "it is not known whether the demo users exist");
        false
    })
}

async fn in_demo(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    if is_demo(&state, &mut parts).await {
        next.run(Request::from_parts(parts, body)).await
    } else {
        StatusCode::NOT_FOUND.into_response()
    }
}
