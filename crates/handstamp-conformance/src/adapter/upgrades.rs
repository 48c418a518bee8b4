//! Who may open a WebSocket: the answers to the request that opens it.
//!
//! A browser sends its cookies with a page of any site, and no CSRF value: by cookie the origin
//! decides.

use super::App;
use super::suite::{Suite, access_cookie, bearer, get};
use crate::{Reply, Request};

pub(super) async fn rows<S: AsyncFn(&App, &Request) -> Reply>(suite: &mut Suite<S>) {
    let app = App::new(&[
        ("JWT_TOKEN_LOCATION", "headers,cookies,query"),
        ("HANDSTAMP_PUBLIC_ORIGIN", OURS),
        ("HANDSTAMP_TRUSTED_ORIGINS", TRUSTED),
    ]);
    let ended = app.log_in("user2");
    app.end_sessions("user2");
    let token = app.access("user1");
    for (row, headers, expected) in openings(token.as_str(), ended.access().as_str()) {
        let request = headers.iter().fold(opening("/access"), |request, header| {
            request.header(header.0, &header.1)
        });
        let row = format!("a WebSocket by {row}");
        let expected = expected.map(|()| "user1");
        suite.check(&row, &app, request, expected).await;
    }
    where_tokens_are(suite).await;
    no_public_origin(suite).await;
}

/// The headers that a client sends with the opening request, with a token of `user1` and one whose
/// session has ended, and whether the socket is opened.
pub(super) fn openings(token: &str, ended: &str) -> Vec<Opening> {
    let cookie = || ("cookie", format!("access_token_cookie={token}"));
    let bearer = || ("authorization", format!("Bearer {token}"));
    let origin = |origin: &str| ("origin", origin.to_owned());
    let refused = Err("origin_not_allowed");
    vec![
        ("a page of ours", vec![cookie(), origin(OURS)], Ok(())),
        (
            "a page of a site that is trusted",
            vec![cookie(), origin(TRUSTED)],
            Ok(()),
        ),
        (
            "a page of another site",
            vec![cookie(), origin(EVIL)],
            refused,
        ),
        (
            "a page of a sibling",
            vec![cookie(), origin("http://evil.app.localhost")],
            refused,
        ),
        (
            "our host with another scheme",
            vec![cookie(), origin("https://app.localhost")],
            refused,
        ),
        (
            "our host with a port",
            vec![cookie(), origin("http://app.localhost:8000")],
            refused,
        ),
        (
            "our host and more",
            vec![cookie(), origin("http://app.localhost.evil.example")],
            refused,
        ),
        (
            "a page without an origin of its own",
            vec![cookie(), origin("null")],
            refused,
        ),
        ("a client that names no origin", vec![cookie()], refused),
        (
            "our origin twice",
            vec![cookie(), origin(OURS), origin(OURS)],
            refused,
        ),
        (
            "our origin, then another",
            vec![cookie(), origin(OURS), origin(EVIL)],
            refused,
        ),
        (
            "Sec-Fetch-Site instead of an origin, which browsers do not send here",
            vec![cookie(), ("sec-fetch-site", "same-origin".to_owned())],
            refused,
        ),
        (
            "a page of ours without a cookie",
            vec![origin(OURS)],
            Err("missing_token"),
        ),
        (
            "a cookie that is no token",
            vec![
                ("cookie", "access_token_cookie=a.b.c".to_owned()),
                origin(OURS),
            ],
            Err("invalid_token"),
        ),
        (
            "a token of a session that has ended",
            vec![
                ("cookie", format!("access_token_cookie={ended}")),
                origin(OURS),
            ],
            Err("session_ended"),
        ),
        (
            "a program with its token in a header, which needs no origin",
            vec![bearer()],
            Ok(()),
        ),
        (
            "a program that names a trusted origin",
            vec![bearer(), origin(TRUSTED)],
            Ok(()),
        ),
        (
            "a program that names any origin",
            vec![bearer(), origin(EVIL)],
            Ok(()),
        ),
    ]
}

pub(super) type Opening = (
    &'static str,
    Vec<(&'static str, String)>,
    Result<(), &'static str>,
);

/// A token is looked for where it is configured, as for any other request.
async fn where_tokens_are<S: AsyncFn(&App, &Request) -> Reply>(suite: &mut Suite<S>) {
    for location in ["headers", "cookies", "query"] {
        let app = App::new(&[
            ("JWT_TOKEN_LOCATION", location),
            ("HANDSTAMP_PUBLIC_ORIGIN", OURS),
        ]);
        let token = app.access("user1");
        let from_us = |target: &str| opening(target).header("origin", OURS);
        for (place, request) in [
            (
                "headers",
                from_us("/access").header("authorization", bearer(&token)),
            ),
            (
                "cookies",
                from_us("/access").cookies([access_cookie(&token)]),
            ),
            (
                "query",
                from_us(&format!("/access?token={}", token.as_str())),
            ),
        ] {
            let row = format!("a WebSocket with a token in {place}, where {location} count");
            let expected = if place == location {
                Ok("user1")
            } else {
                Err("missing_token")
            };
            suite.check(&row, &app, request, expected).await;
        }
    }
}

/// An application that has not said what its origin is has no WebSockets by cookie.
async fn no_public_origin<S: AsyncFn(&App, &Request) -> Reply>(suite: &mut Suite<S>) {
    let app = App::new(&[("JWT_TOKEN_LOCATION", "cookies,headers")]);
    let token = app.access("user1");
    let from_us = opening("/access").header("origin", OURS);
    for (row, request, expected) in [
        (
            "by cookie",
            from_us.clone().cookies([access_cookie(&token)]),
            Err("origin_not_allowed"),
        ),
        (
            "by header",
            from_us.header("authorization", bearer(&token)),
            Ok("user1"),
        ),
    ] {
        let row = format!("a WebSocket {row}, where no public origin is known");
        suite.check(&row, &app, request, expected).await;
    }
}

fn opening(target: &str) -> Request {
    get(target)
        .header("connection", "Upgrade")
        .header("upgrade", "websocket")
        .header("sec-websocket-version", "13")
        .header("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==")
}

pub(super) const OURS: &str = "http://app.localhost";
pub(super) const TRUSTED: &str = "https://partner.example";
const EVIL: &str = "https://evil.example";
