//! The page at `/`, which calls every route by a button, as the client-side section of AuthX's
//! documentation does in code.

use axum::Router;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::routing::get;

pub(super) fn routes() -> Router {
    let page = (
        [
            (CONTENT_TYPE, "text/html; charset=utf-8"),
            (CONTENT_SECURITY_POLICY, POLICY),
            // The back button would bring it back with what it has shown to a former user.
            (CACHE_CONTROL, "no-store"),
        ],
        include_str!("page.html"),
    );
    let script = (
        [(CONTENT_TYPE, "text/javascript; charset=utf-8")],
        include_str!("page.js"),
    );
    Router::new()
        .route("/", get(async || page))
        .route("/page.js", get(async || script))
}

/// Allows only the script of the page and requests to this server.
const POLICY: &str = "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'unsafe-inline'; \
                      form-action 'none'; frame-ancestors 'none'; base-uri 'none'";
