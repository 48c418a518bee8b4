//! Cases of requests with several errors: the response names the first one in the order of the
//! checks.

use handstamp::NewToken;

use super::App;
use super::app::access;
use super::suite::{Suite, access_cookie, get, post, refresh_cookie};
use crate::{Reply, Request};

pub(super) async fn rows<S: AsyncFn(&App, &Request) -> Reply>(suite: &mut Suite<S>) {
    for (row, settings, request, expected) in ROWS {
        let app = App::new(settings);
        let request = request(&app);
        suite.check(row, &app, request, Err(expected)).await;
    }
}

type Row = (
    &'static str,
    &'static [(&'static str, &'static str)],
    fn(&App) -> Request,
    &'static str,
);

const ROWS: [Row; 16] = [
    (
        "no token, and a wrong CSRF value: no token",
        &[],
        |_| post("/access").header("x-csrf-token", "wrong"),
        "missing_token",
    ),
    (
        "a forged token that is also expired: the signature",
        &[],
        |app| {
            let cookie = access_cookie(&access(app.other(), "user1"));
            app.advance(DAY);
            post("/access").cookies([cookie])
        },
        "invalid_signature",
    ),
    (
        "an expired token and a wrong CSRF value: expired",
        &[],
        |app| {
            let cookie = access_cookie(&app.access("user1"));
            app.advance(DAY);
            post("/access")
                .cookies([cookie])
                .header("x-csrf-token", "wrong")
        },
        "token_expired",
    ),
    (
        "an expired token and no CSRF value: expired",
        &[],
        |app| {
            let cookie = access_cookie(&app.access("user1"));
            app.advance(DAY);
            post("/access").cookies([cookie])
        },
        "token_expired",
    ),
    (
        "an expired token for another audience: expired",
        &[("JWT_DECODE_AUDIENCE", "here")],
        |app| {
            let token = app.access(NewToken::for_subject("user1").audience(["there"]));
            app.advance(DAY);
            get("/access").cookies([access_cookie(&token)])
        },
        "token_expired",
    ),
    (
        "a token of another audience and issuer: the audience",
        &[
            ("JWT_DECODE_AUDIENCE", "here"),
            ("JWT_DECODE_ISSUER", "here"),
        ],
        |app| {
            let there = app.sibling(&[("JWT_ENCODE_ISSUER", "there")]);
            let token = access(&there, NewToken::for_subject("user1").audience(["there"]));
            get("/access").cookies([access_cookie(&token)])
        },
        "invalid_audience",
    ),
    (
        "a refresh token in the access cookie and a wrong CSRF value: the purpose",
        &[],
        |app| {
            let token = app.refresh("user1");
            post("/access")
                .cookies([format!("access_token_cookie={}", token.as_str())])
                .header("x-csrf-token", "wrong")
        },
        "access_token_required",
    ),
    (
        "an access token in the refresh cookie and no CSRF value: the purpose",
        &[],
        |app| {
            let token = app.access("user1");
            post("/refresh").cookies([format!("refresh_token_cookie={}", token.as_str())])
        },
        "refresh_token_required",
    ),
    (
        "another login type and no CSRF value: the login type",
        &[],
        |app| post("/admins").cookies([access_cookie(&app.access("user1"))]),
        "login_type_mismatch",
    ),
    (
        "a token that is not fresh and no CSRF value: freshness",
        &[],
        |app| post("/fresh").cookies([access_cookie(&app.access("user1"))]),
        "fresh_token_required",
    ),
    (
        "a revoked token and no CSRF value: CSRF, and the blocklist is not asked for it",
        &[],
        |app| {
            let token = app.refresh("user1");
            app.revoke(token.id());
            app.take_the_blocklist_down();
            post("/refresh").cookies([refresh_cookie(&token)])
        },
        "missing_csrf_token",
    ),
    (
        "a revoked token without the scopes: revoked",
        &[],
        |app| {
            let token = app.access("user1");
            app.revoke(token.id());
            get("/scopes-all").cookies([access_cookie(&token)])
        },
        "token_revoked",
    ),
    (
        "a token without the scopes while the blocklist is down: the blocklist",
        &[],
        |app| {
            app.take_the_blocklist_down();
            get("/scopes-all").cookies([access_cookie(&app.access("user1"))])
        },
        "store_unavailable",
    ),
    (
        "a token of an ended session without the scopes: the session",
        &[],
        |app| {
            let tokens = app.log_in("user1");
            app.end_sessions("user1");
            get("/scopes-all").cookies([access_cookie(tokens.access())])
        },
        "session_ended",
    ),
    (
        "a token on the blocklist, of an ended session: the blocklist",
        &[],
        |app| {
            let tokens = app.log_in("user1");
            app.end_sessions("user1");
            app.revoke(tokens.access().id());
            get("/access").cookies([access_cookie(tokens.access())])
        },
        "token_revoked",
    ),
    (
        "a refresh token of an ended session and no CSRF value: CSRF, and the store is not asked for it",
        &[],
        |app| {
            let tokens = app.log_in("user1");
            app.end_sessions("user1");
            app.take_the_store_down();
            post("/session/refresh").cookies([refresh_cookie(tokens.refresh())])
        },
        "missing_csrf_token",
    ),
];

const DAY: u64 = 24 * 60 * 60;
