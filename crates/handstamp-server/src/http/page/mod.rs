//! The page at `/`: with real users log-in, devices and password of the service, in a demo also
//! what happens to each request.
//!
//! It is plain HTML with the client for browsers, `handstamp.js`, which `npm run page` builds in
//! the folder `client`.

use axum::Router;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::response::IntoResponse;
use axum::routing::get;

pub(super) fn routes() -> Router {
    FILES
        .iter()
        .fold(Router::new(), |router, (path, kind, text)| {
            let headers = [
                (CONTENT_TYPE, *kind),
                (CONTENT_SECURITY_POLICY, POLICY),
                // The back button would bring the page back with what a former user has seen.
                (CACHE_CONTROL, "no-store"),
            ];
            router.route(path, get(async move || (headers, *text)))
        })
}

/// Returns the script that the page loads while the demo users exist.
pub(super) fn demo_script() -> impl IntoResponse {
    ([(CONTENT_TYPE, SCRIPT)], include_str!("demo.js"))
}

const FILES: [(&str, &str, &str); 7] = [
    ("/", HTML, include_str!("page.html")),
    (
        "/page.css",
        "text/css; charset=utf-8",
        include_str!("page.css"),
    ),
    ("/page.js", SCRIPT, include_str!("page.js")),
    ("/answer.js", SCRIPT, include_str!("answer.js")),
    ("/devices.js", SCRIPT, include_str!("devices.js")),
    ("/handstamp.js", SCRIPT, include_str!("handstamp.js")),
    ("/favicon.svg", "image/svg+xml", include_str!("favicon.svg")),
];

const HTML: &str = "text/html; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";

/// Allows only the files of the page and requests to this server.
const POLICY: &str = "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self'; \
                      form-action 'none'; frame-ancestors 'none'; base-uri 'none'";
