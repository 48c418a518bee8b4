//! What handlers ask for by themselves: no token without a refusal, and what a layer let in.

use super::App;
use super::app::access;
use super::suite::{Suite, access_cookie, csrf, get, post};
use crate::{Reply, Request};

pub(super) async fn rows<S: AsyncFn(&App, &Request) -> Reply>(suite: &mut Suite<S>) {
    optional(suite).await;
    what_a_layer_let_in(suite).await;
}

async fn optional<S: AsyncFn(&App, &Request) -> Reply>(suite: &mut Suite<S>) {
    let app = App::new(&[("JWT_TOKEN_LOCATION", "headers,cookies")]);
    let expired = access_cookie(&app.access("user1"));
    app.advance(20 * 60);
    let token = app.access("user1");
    let revoked = app.access("user1");
    app.revoke(revoked.id());
    let ended = app.log_in("user3");
    app.end_sessions("user3");
    let anonymous = Ok("anonymous");
    let refresh = format!("access_token_cookie={}", app.refresh("user1").as_str());
    for (row, request, expected) in [
        ("no token", get("/optional"), anonymous),
        ("no token, by POST", post("/optional"), anonymous),
        (
            "a refresh cookie is no access cookie",
            get("/optional").cookies([super::suite::refresh_cookie(&app.refresh("user1"))]),
            anonymous,
        ),
        (
            "an empty cookie",
            get("/optional").cookies(["access_token_cookie="]),
            anonymous,
        ),
        (
            "a scheme of others",
            get("/optional").header("authorization", "Basic dXNlcjpwdw=="),
            anonymous,
        ),
        (
            "a good token",
            get("/optional").cookies([access_cookie(&token)]),
            Ok("user1"),
        ),
        (
            "a good token, by POST with its CSRF value",
            post("/optional")
                .cookies([access_cookie(&token)])
                .header("x-csrf-token", csrf(&token)),
            Ok("user1"),
        ),
        (
            "a good token, by POST without a CSRF value",
            post("/optional").cookies([access_cookie(&token)]),
            Err("missing_csrf_token"),
        ),
        (
            "a good token, by POST with a wrong CSRF value",
            post("/optional")
                .cookies([access_cookie(&token)])
                .header("x-csrf-token", "wrong"),
            Err("csrf_mismatch"),
        ),
        (
            "an expired token",
            get("/optional").cookies([expired]),
            Err("token_expired"),
        ),
        (
            "junk",
            get("/optional").cookies(["access_token_cookie=junk"]),
            Err("invalid_token"),
        ),
        (
            "a forged token",
            get("/optional").cookies([access_cookie(&access(app.other(), "user1"))]),
            Err("invalid_signature"),
        ),
        (
            "a refresh token in the access cookie",
            get("/optional").cookies([refresh]),
            Err("access_token_required"),
        ),
        (
            "a revoked token",
            get("/optional").cookies([access_cookie(&revoked)]),
            Err("token_revoked"),
        ),
        (
            "a token of a session that has ended",
            get("/optional").cookies([access_cookie(ended.access())]),
            Err("session_ended"),
        ),
        (
            "tokens of two users",
            get("/optional").cookies([access_cookie(&token), access_cookie(&app.access("user2"))]),
            Err("ambiguous_cookie"),
        ),
    ] {
        suite
            .check(&format!("optional: {row}"), &app, request, expected)
            .await;
    }
    app.take_the_blocklist_down();
    let request = get("/optional").cookies([access_cookie(&token)]);
    let row = "optional: a token that the blocklist cannot judge is not an anonymous visitor's";
    suite
        .check(row, &app, request, Err("store_unavailable"))
        .await;
}

async fn what_a_layer_let_in<S: AsyncFn(&App, &Request) -> Reply>(suite: &mut Suite<S>) {
    let app = App::new(&[]);
    let token = app.access(handstamp::NewToken::for_subject("user1").fresh());
    for (target, asked) in [
        ("/access", 1),
        ("/layered", 1),
        ("/layered-fresh", 1),
        ("/without-csrf", 1),
        ("/strict-outside", 1),
    ] {
        let _ = app.asked();
        let request = get(target).cookies([access_cookie(&token)]);
        let reply = suite.send(&app, &request).await;
        let row = format!("the handler at {target} reads what a layer let in");
        suite.equal(&row, "body", reply.body.as_str(), "user1");
        suite.equal(&row, "asked the blocklist", app.asked(), asked);
    }
}
