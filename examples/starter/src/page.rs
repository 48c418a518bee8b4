//! The page: files that are the same for all users. What it shows of one comes by its script.

use axum::Router;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::http::header::{REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS};
use axum::routing::get;

use crate::app::App;

pub fn routes() -> Router<App> {
    FILES
        .iter()
        .fold(Router::new(), |router, (path, kind, text)| {
            let headers = [
                (CONTENT_TYPE, *kind),
                (CONTENT_SECURITY_POLICY, POLICY),
                // The back button would bring the page back with what a former user has seen.
                (CACHE_CONTROL, "no-store"),
                (REFERRER_POLICY, "same-origin"),
                (X_CONTENT_TYPE_OPTIONS, "nosniff"),
            ];
            router.route(path, get(async move || (headers, *text)))
        })
}

/// `handstamp.js` is handstamp's client for browsers, which a page with a bundler imports from npm.
const FILES: [(&str, &str, &str); 4] = [
    (
        "/",
        "text/html; charset=utf-8",
        include_str!("../page/page.html"),
    ),
    (
        "/page.css",
        "text/css; charset=utf-8",
        include_str!("../page/page.css"),
    ),
    ("/page.js", SCRIPT, include_str!("../page/page.js")),
    (
        "/handstamp.js",
        SCRIPT,
        include_str!("../page/handstamp.js"),
    ),
];

const SCRIPT: &str = "text/javascript; charset=utf-8";

/// Allows the files of this page, and requests to this service. Script that finds its way into the
/// page, by a note perhaps, does not run: it would act as the user, for whom the cookies speak.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
                      form-action 'none'; frame-ancestors 'none'; base-uri 'none'";
