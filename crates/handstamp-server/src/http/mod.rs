//! The HTTP side: connections, routes and the demo page.
//!
//! It takes an `Auth`, the accounts and a listening socket, and answers requests until the process
//! is stopped. It reads no setting, and it writes no rejection by hand: the library makes them.

mod audited;
pub(crate) mod client_address;
pub(crate) mod connections;
mod cookies;
mod demo;
mod device_cookie;
mod health;
mod json_body;
mod log_in;
pub(crate) mod metrics;
mod outside;
mod page;
mod password;
mod routes;
mod security_headers;
pub(crate) mod shutdown;
mod state;
mod unknown_route;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn_with_state, map_response_with_state};

pub(crate) use health::Dependencies;
pub(crate) use security_headers::Transport;
pub(crate) use state::AppState;

/// Whether requests renew access tokens that are about to expire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ImplicitRefresh {
    Enabled,
    Disabled,
}

/// Returns the router with every route of the server.
pub(crate) fn router(
    state: &AppState,
    dependencies: Dependencies,
    implicit_refresh: ImplicitRefresh,
    transport: Transport,
) -> Router {
    let auth = state.auth.clone();
    let routes = routes::routes(state.clone());
    // A server that never has demo users does no work for them.
    let (routes, demo) = if state.log_in.may_have_demo_users() {
        let routes = routes.route_layer(from_fn_with_state(state.clone(), demo::trace));
        let demo = demo::routes(state, routes.clone()).layer(auth.no_store());
        (routes, demo)
    } else {
        (routes, Router::new())
    };
    let routes = match implicit_refresh {
        ImplicitRefresh::Enabled => routes.layer(auth.implicit_refresh()),
        ImplicitRefresh::Disabled => routes.layer(auth.no_store()),
    };
    let elsewhere = auth.clone();
    Router::new()
        .merge(routes)
        .merge(demo)
        .merge(page::routes())
        .merge(health::routes(dependencies))
        .fallback(async move || unknown_route::not_found(&elsewhere))
        .method_not_allowed_fallback(async move || unknown_route::method_not_allowed(&auth))
        .layer(from_fn_with_state(state.clone(), audited::audited))
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(map_response_with_state(transport, security_headers::add))
}

/// The largest body that is read, in bytes. Anyone may send one to log in.
const BODY_LIMIT: usize = 64 * 1024;
