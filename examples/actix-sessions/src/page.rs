//! The page: files that are the same for all users. What it shows of one comes by its script.

use actix_web::HttpResponse;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use actix_web::http::header::{REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS};
use actix_web::web::{self, ServiceConfig};

pub fn routes(config: &mut ServiceConfig) {
    for (path, kind, text) in FILES {
        let file = move || async move {
            HttpResponse::Ok()
                .insert_header((CONTENT_TYPE, kind))
                .insert_header((CONTENT_SECURITY_POLICY, POLICY))
                // The back button would bring the page back with what a former user has seen.
                .insert_header((CACHE_CONTROL, "no-store"))
                .insert_header((REFERRER_POLICY, "same-origin"))
                .insert_header((X_CONTENT_TYPE_OPTIONS, "nosniff"))
                .body(text)
        };
        config.route(path, web::get().to(file));
    }
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
