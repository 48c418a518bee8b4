//! Cases of the responses that renew.

use super::{DUE, NOT_DUE, from_page, renewed};
use crate::adapter::App;
use crate::adapter::app::access;
use crate::adapter::suite::{Suite, access_cookie, bearer, get, post};
use crate::{Reply, Request};

pub(super) async fn rows<S: AsyncFn(&App, &Request) -> Reply>(suite: &mut Suite<S>) {
    answers(suite).await;
    requests(suite).await;
    auths(suite).await;
}

/// Route, how old the token is, and the status and whether it is renewed.
async fn answers<S: AsyncFn(&App, &Request) -> Reply>(suite: &mut Suite<S>) {
    for (row, target, age, status, expected) in [
        ("little time left", "/implicit/access", DUE, 200, true),
        ("more time left", "/implicit/access", NOT_DUE, 200, false),
        ("no time left", "/implicit/access", 15 * 60, 401, false),
        ("a layer inside", "/implicit/layered", DUE, 200, true),
        (
            "a layer inside, and more time left",
            "/implicit/layered",
            NOT_DUE,
            200,
            false,
        ),
        ("a layer outside", "/implicit/inside", DUE, 200, true),
        ("twice the same", "/implicit/twice", DUE, 200, true),
        (
            "a token that no handler asked for",
            "/implicit/public",
            DUE,
            200,
            false,
        ),
        ("a redirect", "/implicit/redirect", DUE, 303, true),
        (
            "what the browser has already",
            "/implicit/not-modified",
            DUE,
            304,
            false,
        ),
        ("no such thing", "/implicit/missing", DUE, 404, false),
        ("a failure", "/implicit/failed", DUE, 500, false),
        (
            "a refusal: the token is not fresh",
            "/implicit/fresh",
            DUE,
            401,
            false,
        ),
        (
            "what other caches would have kept",
            "/implicit/cached",
            DUE,
            200,
            true,
        ),
        ("all cookies deleted", "/implicit/clears", DUE, 200, false),
        ("another log-in", "/implicit/login", DUE, 200, false),
        ("a log-out", "/implicit/logout", DUE, 200, false),
        ("a revocation", "/implicit/revoking", DUE, 200, false),
    ] {
        for method in ["GET", "HEAD", "POST", "OPTIONS"] {
            let app = App::new(&[]);
            let token = app.access("user1");
            app.advance(age);
            let request = from_page(method, target, &token);
            let reply = suite.send(&app, &request).await;
            let row = format!("implicit refresh: {row} ({method} {target})");
            suite.equal(&row, "status", reply.status, status);
            let lines = reply.all("set-cookie").count();
            match target {
                "/implicit/login" => {
                    let claims = renewed(&reply).unwrap_or_default();
                    suite.equal(&row, "subject", claims["sub"].as_str(), Some("user2"));
                    suite.equal(&row, "cookies", lines, 2);
                }
                "/implicit/logout" => {
                    let all = reply.all("set-cookie");
                    let deleted = all.filter(|line| line.contains("; Max-Age=0;")).count();
                    suite.equal(&row, "deleted", (deleted, lines), (4, 4));
                }
                "/implicit/cached" => {
                    suite.equal(&row, "renewed", renewed(&reply).is_some(), expected);
                    suite.equal(
                        &row,
                        "first",
                        reply.header("set-cookie"),
                        Some("theme=dark"),
                    );
                    suite.equal(&row, "cookies", lines, 3);
                }
                _ => {
                    suite.equal(&row, "renewed", renewed(&reply).is_some(), expected);
                    suite.equal(&row, "cookies", lines, if expected { 2 } else { 0 });
                }
            }
        }
    }
}

/// A due token, in requests that are accepted or rejected.
async fn requests<S: AsyncFn(&App, &Request) -> Reply>(suite: &mut Suite<S>) {
    let app = App::new(&[("JWT_TOKEN_LOCATION", "headers,cookies")]);
    let token = app.access("user1");
    let revoked = app.access("user1");
    let foreign = access(app.other(), "user1");
    app.revoke(revoked.id());
    app.advance(DUE);
    let cookie = access_cookie(&token);
    for (row, request, status, expected) in [
        ("no token", get("/implicit/access"), 401, false),
        (
            "the cookie",
            get("/implicit/access").cookies([&cookie]),
            200,
            true,
        ),
        (
            "POST without a CSRF value",
            post("/implicit/access").cookies([&cookie]),
            403,
            false,
        ),
        (
            "POST with a wrong CSRF value",
            post("/implicit/access")
                .cookies([&cookie])
                .header("x-csrf-token", "wrong"),
            403,
            false,
        ),
        (
            "POST without a CSRF value, behind a layer",
            post("/implicit/layered").cookies([&cookie]),
            403,
            false,
        ),
        (
            "POST without a CSRF value, where none is asked",
            post("/implicit/without-csrf").cookies([&cookie]),
            200,
            true,
        ),
        (
            "a header",
            get("/implicit/access").header("authorization", bearer(&token)),
            200,
            false,
        ),
        (
            "a header, behind a layer that wants one",
            get("/implicit/headers").header("authorization", bearer(&token)),
            200,
            false,
        ),
        (
            "a header next to the cookie counts",
            get("/implicit/access")
                .cookies([&cookie])
                .header("authorization", bearer(&token)),
            200,
            false,
        ),
        (
            "a revoked cookie",
            get("/implicit/access").cookies([access_cookie(&revoked)]),
            401,
            false,
        ),
        (
            "of another key",
            get("/implicit/access").cookies([access_cookie(&foreign)]),
            401,
            false,
        ),
        (
            "a refresh token",
            get("/implicit/access").cookies([format!(
                "access_token_cookie={}",
                app.refresh("user1").as_str()
            )]),
            401,
            false,
        ),
        (
            "no token, on a page for all",
            get("/implicit/public"),
            200,
            false,
        ),
    ] {
        let reply = suite.send(&app, &request).await;
        let row = format!("implicit refresh: {row} ({})", request.target());
        suite.equal(&row, "status", reply.status, status);
        suite.equal(&row, "renewed", renewed(&reply).is_some(), expected);
        let lines = reply.all("set-cookie").count();
        suite.equal(&row, "cookies", lines, if expected { 2 } else { 0 });
    }
}

/// Each `Auth` renews its own tokens.
async fn auths<S: AsyncFn(&App, &Request) -> Reply>(suite: &mut Suite<S>) {
    let app = App::new(&[]);
    let ours = app.access("user1");
    let theirs = access(app.other(), "user2");
    app.advance(DUE);
    for (row, target, body, expected) in [
        (
            "of another Auth renews nothing",
            "/implicit/of-other",
            "user1",
            None,
        ),
        // Both use the same cookie names. The inner one sets its cookies first, and the outer one
        // does not replace them.
        (
            "of two that share a name, one renews",
            "/implicit/both",
            "user1 user2",
            Some("user2"),
        ),
    ] {
        let request = get(target).cookies([access_cookie(&ours), access_cookie(&theirs)]);
        let reply = suite.send(&app, &request).await;
        let row = format!("implicit refresh: {row}");
        suite.equal(
            &row,
            "answer",
            (reply.status, reply.body.as_str()),
            (200, body),
        );
        let claims = renewed(&reply).unwrap_or_default();
        suite.equal(&row, "renewed", claims["sub"].as_str(), expected);
        let lines = if expected.is_some() { 2 } else { 0 };
        suite.equal(&row, "cookies", reply.all("set-cookie").count(), lines);
    }
}
