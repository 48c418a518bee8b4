//! WebSockets. How they end is in `tests/socket.rs`.

use axum::Router;
use axum::routing::get;
use handstamp_conformance::Request;

use crate::app::{App, access_cookie, subject};

/// `?token=` and `Authorization` are read whatever is configured, cookies and `Origin` never.
#[tokio::test]
async fn bug_41_a_websocket_is_guarded_as_configured_and_by_its_origin() {
    const OURS: &str = "https://app.example.com";
    const EVIL: &str = "https://evil.example";
    let (missing, evil) = ("401 missing_token", "403 origin_not_allowed");
    for (location, in_cookie, in_query, in_header) in [
        ("cookies", "200 user1", missing, missing),
        ("query", missing, "200 user1", missing),
        ("headers", missing, missing, "200 user1"),
    ] {
        let app = App::new(&[
            ("JWT_TOKEN_LOCATION", location),
            ("HANDSTAMP_PUBLIC_ORIGIN", OURS),
            ("HANDSTAMP_TRUSTED_ORIGINS", "https://partner.example"),
        ]);
        let app = app.routes(Router::new().route("/socket", get(subject)));
        let token = app.access("user1");
        let opening = |target: &str| {
            Request::new("GET", target)
                .header("connection", "Upgrade")
                .header("upgrade", "websocket")
                .header("sec-websocket-version", "13")
                .header("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==")
        };
        let cookie = || opening("/socket").cookies([access_cookie(&token)]);
        let ours = cookie().header("origin", OURS);
        assert_eq!(app.outcome(ours).await, in_cookie, "{location}");
        let query = opening(&format!("/socket?token={}", token.as_str()));
        assert_eq!(app.outcome(query).await, in_query, "{location}");
        let header =
            opening("/socket").header("authorization", format!("Bearer {}", token.as_str()));
        assert_eq!(app.outcome(header).await, in_header, "{location}");

        if location == "cookies" {
            for (origins, expected) in [
                (&["https://partner.example"][..], "200 user1"),
                (&[], evil),
                (&[EVIL], evil),
                (&["null"], evil),
                (&["http://app.example.com"], evil),
                (&["https://app.example.com.evil.example"], evil),
                (&[OURS, EVIL], evil),
            ] {
                let request = origins
                    .iter()
                    .fold(cookie(), |request, origin| request.header("origin", origin));
                assert_eq!(app.outcome(request).await, expected, "{origins:?}");
            }
        }
    }
    // Who has not said what its origin is has no sockets by cookie.
    let app = App::new(&[]).routes(Router::new().route("/socket", get(subject)));
    let request = Request::new("GET", "/socket")
        .header("connection", "Upgrade")
        .header("upgrade", "websocket")
        .header("origin", OURS)
        .cookies([access_cookie(&app.access("user1"))]);
    assert_eq!(app.outcome(request).await, evil);
}
