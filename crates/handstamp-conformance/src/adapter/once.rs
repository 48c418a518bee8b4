//! Each request asks blocklist and store once about a token, however many layers and extractors a
//! route has, and still meets each of their demands.

use handstamp::NewToken;
use serde_json::json;

use super::App;
use super::suite::{Suite, access_cookie, bearer, csrf, get, post, refresh_cookie};
use crate::{Reply, Request};

pub(super) async fn rows<S: AsyncFn(&App, &Request) -> Reply>(suite: &mut Suite<S>) {
    for slow in [false, true] {
        questions(suite, slow).await;
        outages(suite, slow).await;
    }
    bodies(suite).await;
    demands(suite).await;
}

/// The head is judged before the body is read, and the whole afterwards.
async fn bodies<S: AsyncFn(&App, &Request) -> Reply>(suite: &mut Suite<S>) {
    let app = App::new(&[
        ("JWT_CSRF_CHECK_FORM", "true"),
        ("JWT_TOKEN_LOCATION", "cookies,json"),
    ]);
    let tokens = app.log_in("user1");
    let (token, refresh) = (tokens.access(), tokens.refresh());
    let value = csrf(token);
    let form = |target, fields: &str| {
        post(target)
            .cookies([access_cookie(token)])
            .header("content-type", "application/x-www-form-urlencoded")
            .body(format!("title=Hello&csrf_token={fields}"))
    };
    let by_json = |target, member: &str, token: &str| {
        post(target).json(&json!({member: token, "title": "Hello"}))
    };
    for (row, request, expected, asked) in [
        (
            "a form with the value",
            form("/form", value),
            Ok("user1 Hello"),
            1,
        ),
        (
            "a form with a wrong value",
            form("/form", "x"),
            Err("csrf_mismatch"),
            1,
        ),
        (
            "a form, and the value in the header",
            form("/form", "").header("x-csrf-token", value),
            Ok("user1 Hello"),
            1,
        ),
        (
            "a form, and a wrong value in the header",
            form("/form", value).header("x-csrf-token", "x"),
            Err("csrf_mismatch"),
            0,
        ),
        (
            "a form behind a layer",
            form("/form-layered", "").header("x-csrf-token", value),
            Ok("user1 Hello"),
            1,
        ),
        (
            "a token in JSON",
            by_json("/json", "access_token", token.as_str()),
            Ok("user1 Hello"),
            1,
        ),
        (
            "a token in a cookie, and JSON behind a layer",
            by_json("/json-layered", "other", "x")
                .cookies([access_cookie(token)])
                .header("x-csrf-token", value),
            Ok("user1 Hello"),
            1,
        ),
        (
            "a refresh token in JSON",
            by_json("/refresh-json", "refresh_token", refresh.as_str()),
            Ok("user1"),
            1,
        ),
        (
            "a visitor",
            get("/visitor").cookies([access_cookie(token)]),
            Ok("user1"),
            1,
        ),
        (
            "a visitor behind a layer",
            get("/visitor-layered").cookies([access_cookie(token)]),
            Ok("user1"),
            1,
        ),
        (
            "a visitor whose request another site may have sent",
            post("/visitor").cookies([access_cookie(token)]),
            Err("missing_csrf_token"),
            1,
        ),
    ] {
        let row = format!("asks once: {row}");
        let _ = (app.asked(), app.asked_the_store());
        suite.check(&row, &app, request, expected).await;
        suite.equal(&row, "asked the blocklist", app.asked(), asked);
        suite.equal(&row, "asked the store", app.asked_the_store(), asked);
    }

    let _ = (app.asked(), app.asked_the_store());
    let request = post("/session/log-out-body")
        .cookies([access_cookie(token), refresh_cookie(refresh)])
        .header("content-type", "application/x-www-form-urlencoded")
        .body(format!("csrf_token={value}"));
    let row = "a log-out asks nothing about its tokens";
    let reply = suite.send(&app, &request).await;
    suite.equal(row, "cookies", reply.all("set-cookie").count(), 4);
    suite.equal(row, "asked the blocklist", app.asked(), 0);
    suite.equal(row, "asked the store", app.asked_the_store(), 0);
}

async fn questions<S: AsyncFn(&App, &Request) -> Reply>(suite: &mut Suite<S>, slow: bool) {
    let app = App::new(&[]);
    let tokens = app.log_in(NewToken::for_subject("user1").fresh());
    let (token, refresh) = (tokens.access(), tokens.refresh());
    let alone = app.access(NewToken::for_subject("user1").fresh());
    let stale = app.access("user1");
    let revoked = app.access("user1");
    app.revoke(revoked.id());
    let ended = app.log_in("user3");
    app.end_sessions("user3");
    if slow {
        app.slow_down();
    }
    let with = |target, token| get(target).cookies([access_cookie(token)]);
    let in_both = |target, token| with(target, token).header("authorization", bearer(token));
    let both = |target| {
        let cookies = [access_cookie(token), refresh_cookie(refresh)];
        get(target)
            .cookies(cookies)
            .header("x-csrf-token", csrf(refresh))
    };
    for (row, request, status, body, blocklist, store) in [
        ("one extractor", with("/access", token), 200, "user1", 1, 1),
        (
            "a layer and an extractor",
            with("/layered", token),
            200,
            "user1",
            1,
            1,
        ),
        ("four extractors", with("/often", token), 200, "user1", 1, 1),
        (
            "four extractors, and a token without a session",
            with("/often", &alone),
            200,
            "user1",
            1,
            1,
        ),
        (
            "two layers and four extractors",
            with("/often-layered", token),
            200,
            "user1",
            1,
            1,
        ),
        (
            "four extractors behind implicit refresh",
            with("/implicit/often", token),
            200,
            "user1",
            1,
            1,
        ),
        (
            "a layer and implicit refresh",
            with("/implicit/layered", token),
            200,
            "user1",
            1,
            1,
        ),
        (
            "a strict layer and a lenient one",
            with("/strict-outside", token),
            200,
            "user1",
            1,
            1,
        ),
        (
            "one token in two places",
            in_both("/headers-outside", token),
            200,
            "user1",
            1,
            1,
        ),
        (
            "one token in two places, the other way round",
            in_both("/headers-inside", token),
            200,
            "user1",
            1,
            1,
        ),
        (
            "a handler that asks twice",
            with("/twice", token),
            200,
            "user1 user1",
            1,
            1,
        ),
        (
            "a revoked token",
            with("/twice", &revoked),
            200,
            "token_revoked token_revoked",
            1,
            0,
        ),
        (
            "a token of an ended session",
            with("/twice", ended.access()),
            200,
            "session_ended session_ended",
            1,
            1,
        ),
        (
            "a forged token",
            get("/twice").cookies(["access_token_cookie=a.b.c"]),
            200,
            "invalid_token invalid_token",
            0,
            0,
        ),
        (
            "no token",
            get("/twice"),
            200,
            "missing_token missing_token",
            0,
            0,
        ),
        (
            "a token for each purpose",
            both("/layered-refresh"),
            200,
            "user1",
            2,
            2,
        ),
        (
            "a token that is not fresh, where one must be",
            with("/fresh", &stale),
            401,
            "",
            0,
            0,
        ),
    ] {
        let row = format!("asks once: {row}{}", if slow { ", slowly" } else { "" });
        let _ = (app.asked(), app.asked_the_store());
        let reply = suite.send(&app, &request).await;
        suite.equal(&row, "status", reply.status, status);
        if status == 200 {
            suite.equal(&row, "body", reply.body.as_str(), body);
        }
        suite.equal(&row, "asked the blocklist", app.asked(), blocklist);
        suite.equal(&row, "asked the store", app.asked_the_store(), store);
    }

    // What is due for renewal is asked about again, when the answer is there.
    app.advance(12 * 60);
    let _ = (app.asked(), app.asked_the_store());
    let reply = suite.send(&app, &with("/implicit/often", token)).await;
    let row = "asks once, and once more before a token is renewed";
    suite.equal(row, "body", reply.body.as_str(), "user1");
    suite.equal(row, "cookies", reply.all("set-cookie").count(), 2);
    suite.equal(row, "asked the blocklist", app.asked(), 2);
    suite.equal(row, "asked the store", app.asked_the_store(), 2);
}

async fn outages<S: AsyncFn(&App, &Request) -> Reply>(suite: &mut Suite<S>, slow: bool) {
    let app = App::new(&[]);
    let token = app.access("user1");
    let request = get("/twice").cookies([access_cookie(&token)]);
    if slow {
        app.slow_down();
    }
    app.take_the_store_down();
    let _ = app.asked_the_store();
    let row = "asks once: a store that is down";
    let refused = Ok("store_unavailable store_unavailable");
    suite.check(row, &app, request.clone(), refused).await;
    suite.equal(row, "asked the store", app.asked_the_store(), 1);
    app.bring_the_store_back();
    if slow {
        app.slow_down();
    }
    let row = "asks again: the next request, when the store is back";
    suite.check(row, &app, request, Ok("user1 user1")).await;
    suite.equal(row, "asked the store", app.asked_the_store(), 1);
}

/// What is known of a token answers for the token alone: where it stands, and what proves that the
/// user sent it, is judged for each demand.
async fn demands<S: AsyncFn(&App, &Request) -> Reply>(suite: &mut Suite<S>) {
    let app = App::new(&[]);
    let token = app.access(NewToken::for_subject("user1").fresh());
    let stale = app.access("user1");
    let (cookie, header) = (access_cookie(&token), bearer(&token));
    let missing = Err("missing_csrf_token");
    for (row, request, expected) in [
        (
            "a header that needs no CSRF value, then the same token as a cookie without one",
            post("/headers-outside")
                .cookies([&cookie])
                .header("authorization", &header),
            missing,
        ),
        (
            "a header that needs no CSRF value, then the same token as a cookie with one",
            post("/headers-outside")
                .cookies([&cookie])
                .header("authorization", &header)
                .header("x-csrf-token", csrf(&token)),
            Ok("user1"),
        ),
        (
            "a token in a header, and none where the other layer looks",
            post("/headers-outside").header("authorization", &header),
            Err("missing_token"),
        ),
        (
            "a lenient layer, then a strict one",
            post("/strict-inside").cookies([&cookie]),
            missing,
        ),
        (
            "extractors behind a lenient layer take what it admitted",
            post("/often-layered-without-csrf").cookies([&cookie]),
            Ok("user1"),
        ),
        (
            "extractors behind a lenient layer, and one of them wants a fresh token",
            post("/often-layered-without-csrf").cookies([access_cookie(&stale)]),
            Err("fresh_token_required"),
        ),
        (
            "extractors alone, and no CSRF value",
            post("/often").cookies([&cookie]),
            missing,
        ),
        (
            "extractors alone, and one of them wants a fresh token",
            get("/often").cookies([access_cookie(&stale)]),
            Err("fresh_token_required"),
        ),
        (
            "a handler that takes refusals as they are asks for the CSRF value twice",
            post("/twice").cookies([&cookie]),
            Ok("missing_csrf_token missing_csrf_token"),
        ),
    ] {
        let row = format!("each demand is met: {row}");
        suite.check(&row, &app, request, expected).await;
    }
}
