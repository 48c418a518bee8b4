//! Cases of optional tokens, and of the user that a token belongs to.

use handstamp::error::StoreError;

use super::App;
use super::app::access;
use super::suite::{Suite, access_cookie, csrf, get, post, refresh_cookie};
use crate::{Reply, Request};

/// Returns the name of a token's user, for the app's `LoadSubject`: `ghost` no longer exists, and
/// for `riddle` the look-up fails.
///
/// # Errors
/// For `riddle`.
pub fn user(subject: &str) -> Result<Option<String>, StoreError> {
    match subject {
        "ghost" => Ok(None),
        "riddle" => Err(StoreError::new("the users' database is down")),
        subject => Ok(Some(format!("the name of {subject}"))),
    }
}

pub(super) async fn rows<S: AsyncFn(&App, &Request) -> Reply>(suite: &mut Suite<S>) {
    visitors(suite).await;
    users(suite).await;
    what_a_layer_let_in(suite).await;
}

async fn visitors<S: AsyncFn(&App, &Request) -> Reply>(suite: &mut Suite<S>) {
    let app = App::new(&[
        ("JWT_TOKEN_LOCATION", "headers,cookies"),
        ("HANDSTAMP_PUBLIC_ORIGIN", "https://app.example.com"),
    ]);
    let old = app.access("user1");
    let old_refresh = app.refresh("user1");
    app.advance(15 * 60);
    let token = app.access("user1");
    let forged = access(app.other(), "user1");
    let revoked = app.access("user1");
    app.revoke(revoked.id());
    let ended = app.log_in("user3");
    app.end_sessions("user3");
    let anonymous = Ok("nobody");
    let expired = Ok("nobody: token_expired");
    let cookie = |token| get("/visitor").cookies([access_cookie(token)]);
    let by_post = |token| post("/visitor").cookies([access_cookie(token)]);
    let foreign = |request: Request| request.header("sec-fetch-site", "cross-site");
    let refresh = format!("access_token_cookie={}", old_refresh.as_str());
    let elsewhere = access(
        &app.sibling(&[("JWT_ENCODE_AUDIENCE", "elsewhere")]),
        "user1",
    );
    for (row, request, expected) in [
        ("no token", get("/visitor"), anonymous),
        ("no token, by POST", post("/visitor"), anonymous),
        (
            "no token, by POST of another site",
            foreign(post("/visitor")),
            anonymous,
        ),
        ("a good token", cookie(&token), Ok("user1")),
        ("an expired token", cookie(&old), expired),
        (
            "an expired token, by POST without a CSRF value",
            by_post(&old),
            expired,
        ),
        (
            "an expired token, by POST of another site",
            foreign(by_post(&old)),
            expired,
        ),
        (
            "an expired token in the header next to a valid cookie",
            cookie(&token).header("authorization", format!("Bearer {}", old.as_str())),
            expired,
        ),
        (
            "an expired token next to the refresh token",
            get("/visitor").cookies([access_cookie(&old), refresh_cookie(&old_refresh)]),
            expired,
        ),
        (
            "a good token, by POST with its CSRF value",
            by_post(&token).header("x-csrf-token", csrf(&token)),
            Ok("user1"),
        ),
        (
            "a good token, by POST without a CSRF value",
            by_post(&token),
            Err("missing_csrf_token"),
        ),
        (
            "a good token, by POST with a wrong CSRF value",
            by_post(&token).header("x-csrf-token", "wrong"),
            Err("csrf_mismatch"),
        ),
        (
            "a good token, by POST of another site",
            foreign(by_post(&token)),
            Err("cross_site_request"),
        ),
        (
            "a cookie that is no token",
            get("/visitor").cookies(["access_token_cookie=junk"]),
            Ok("nobody: invalid_token"),
        ),
        (
            "a token of a former key",
            cookie(&forged),
            Ok("nobody: invalid_signature"),
        ),
        (
            "a token of a former key, by POST",
            by_post(&forged),
            Ok("nobody: invalid_signature"),
        ),
        (
            "a token for another service",
            cookie(&elsewhere),
            Ok("nobody: invalid_audience"),
        ),
        (
            "a refresh token in the access cookie",
            get("/visitor").cookies([refresh]),
            Ok("nobody: access_token_required"),
        ),
        (
            "a revoked token",
            cookie(&revoked),
            Ok("nobody: token_revoked"),
        ),
        (
            "a revoked token, by POST without a CSRF value",
            by_post(&revoked),
            Ok("nobody: token_revoked"),
        ),
        (
            "a token of a session that has ended",
            cookie(ended.access()),
            Ok("nobody: session_ended"),
        ),
        (
            "a token of a session that has ended, by POST without a CSRF value",
            by_post(ended.access()),
            Ok("nobody: session_ended"),
        ),
        (
            "tokens of two users",
            get("/visitor").cookies([access_cookie(&token), access_cookie(&app.access("user2"))]),
            Ok("nobody: ambiguous_cookie"),
        ),
    ] {
        let row = format!("visitor: {row}");
        suite.check(&row, &app, request, expected).await;
    }
    let row = "visitor: of a token in a cookie alone blocklist and store are asked once";
    app.asked();
    app.asked_the_store();
    suite
        .check(row, &app, by_post(&token), Err("missing_csrf_token"))
        .await;
    suite.equal(row, "asked", (app.asked(), app.asked_the_store()), (1, 1));
    app.take_the_blocklist_down();
    let row = "visitor: a token that the blocklist cannot judge is not treated as absent";
    for request in [cookie(&token), by_post(&token), foreign(by_post(&token))] {
        suite
            .check(row, &app, request, Err("store_unavailable"))
            .await;
    }
}

async fn users<S: AsyncFn(&App, &Request) -> Reply>(suite: &mut Suite<S>) {
    let app = App::new(&[]);
    let revoked = app.access("ghost");
    app.revoke(revoked.id());
    let of = |user: &str| get("/current").cookies([access_cookie(&app.access(user))]);
    for (row, request, expected) in [
        ("one who is there", of("user1"), Ok("the name of user1")),
        ("one who is gone", of("ghost"), Err("unknown_subject")),
        (
            "a token whose user cannot be looked up",
            of("riddle"),
            Err("store_unavailable"),
        ),
        ("no token", get("/current"), Err("missing_token")),
        (
            "a revoked token of one who is gone",
            get("/current").cookies([access_cookie(&revoked)]),
            Err("token_revoked"),
        ),
        (
            "a POST without the CSRF value, of one who is gone",
            post("/current").cookies([access_cookie(&app.access("ghost"))]),
            Err("missing_csrf_token"),
        ),
    ] {
        let row = format!("current: {row}");
        suite.check(&row, &app, request, expected).await;
    }
    // Clients retry, as after any outage.
    let reply = suite.send(&app, &of("riddle")).await;
    let row = "current: a token whose user cannot be looked up";
    suite.equal(row, "retry-after", reply.header("retry-after"), Some("1"));
}

async fn what_a_layer_let_in<S: AsyncFn(&App, &Request) -> Reply>(suite: &mut Suite<S>) {
    let app = App::new(&[]);
    let old = app.access("user1");
    app.advance(15 * 60);
    let token = app.access("user1");
    let _ = app.asked();
    for (target, body) in [
        ("/visitor-layered", "user1"),
        ("/current-layered", "the name of user1"),
    ] {
        let request = get(target).cookies([access_cookie(&token)]);
        let reply = suite.send(&app, &request).await;
        let row = format!("{target} reads the token that a layer has accepted");
        suite.equal(&row, "body", reply.body.as_str(), body);
        suite.equal(&row, "asked the blocklist", app.asked(), 1);
    }
    let row = "a layer refuses what a visitor would be forgiven";
    let request = get("/visitor-layered").cookies([access_cookie(&old)]);
    suite.check(row, &app, request, Err("token_expired")).await;
}
