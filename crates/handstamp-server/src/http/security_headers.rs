//! The headers that every answer has: what browsers may do with it.

use axum::extract::State;
use axum::http::HeaderName;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderValue, REFERRER_POLICY,
    STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::response::Response;

/// How browsers reach the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Transport {
    /// By HTTPS at its usual port, as its public origin says. A browser that was told so never uses
    /// plain HTTP for that host again, at no port: other services of the host may have only that,
    /// if this one has a port of its own.
    Https,
    Unknown,
}

/// Adds the headers to an answer. One that a handler has set stays.
pub(super) async fn add(State(transport): State<Transport>, mut response: Response) -> Response {
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        let value = HeaderValue::from_static(value);
        headers.entry(name).or_insert(value);
    }
    if transport == Transport::Https {
        let value = HeaderValue::from_static(ONE_YEAR);
        headers.insert(STRICT_TRANSPORT_SECURITY, value);
    }
    response
}

const HEADERS: [(HeaderName, &str); 5] = [
    // Proxies keep answers that say nothing: the script would be that of another release, and the
    // names of the cookies those of other settings.
    (CACHE_CONTROL, "no-store"),
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    // Not `no-referrer`: with some requests of our own page browsers would send `Origin: null`.
    (REFERRER_POLICY, "same-origin"),
    // Nothing but the page shows anything, and no frame shows it. The page has a policy of its own.
    (
        CONTENT_SECURITY_POLICY,
        "default-src 'none'; frame-ancestors 'none'",
    ),
    // For browsers that do not know `frame-ancestors`.
    (X_FRAME_OPTIONS, "DENY"),
];

const ONE_YEAR: &str = "max-age=31536000";
