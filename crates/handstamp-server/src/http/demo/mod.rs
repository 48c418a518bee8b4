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
use axum::extract::{FromRequestParts as _, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, Uri};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use axum::routing::any;
use handstamp_axum::Auth;

use super::outside::FromOutside;
use super::page;
use super::state::AppState;
use super::unknown_route::not_found;

pub(super) use trace::trace;

/// Returns the routes of the demo. `application` answers the requests of the attacks.
///
/// One route for all: the `Allow` of others would tell that there are such. For the same reason
/// nothing is looked at before it is known that this is a demo.
pub(super) fn routes(state: &AppState, application: Router) -> Router {
    Router::new()
        .route("/demo/{what}", any(demo).layer(state.auth.same_origin()))
        .with_state((state.auth.clone(), application))
        .route_layer(from_fn_with_state(state.clone(), in_demo))
}

async fn in_demo(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    if is_demo(&state, &mut parts).await {
        next.run(Request::from_parts(parts, body)).await
    } else {
        not_found(&state.auth).into_response()
    }
}

async fn demo(
    State((auth, application)): State<(Auth, Router)>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    let (auth, headers) = (&auth, &headers);
    match (
        &method,
        uri.path().strip_prefix("/demo/").unwrap_or_default(),
    ) {
        (&Method::GET, "page.js") => page::demo_script().into_response(),
        (&Method::GET, "claims") => claims::claims(auth, headers).into_response(),
        (&Method::POST, "copy") => attacks::copy(auth, headers),
        (&Method::POST, "replay") => attacks::replay(auth, headers, application).await,
        (&Method::POST, "forge") => attacks::forge(auth, headers, application).await,
        _ => not_found(auth).into_response(),
    }
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
