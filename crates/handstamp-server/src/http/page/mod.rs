//! The page at `/`: what the original's client-side section does, to be clicked.

use axum::Router;
use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::routing::get;

pub(crate) fn routes() -> Router {
    let page = (
        [
            (CONTENT_TYPE, "text/html; charset=utf-8"),
            (CONTENT_SECURITY_POLICY, POLICY),
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

/// Nothing but the page's own script and requests to this server.
const POLICY: &str = "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'unsafe-inline'; \
                      form-action 'none'; frame-ancestors 'none'; base-uri 'none'";
