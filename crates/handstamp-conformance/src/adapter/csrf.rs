//! Cases of the double-submit check: which requests must send the CSRF value, and which forms are
//! accepted.

use super::App;
use super::suite::{Suite, access_cookie, bearer, csrf, get, post, refresh_cookie};
use crate::{Reply, Request};

pub(super) async fn rows<S: AsyncFn(&App, &Request) -> Reply>(suite: &mut Suite<S>) {
    methods(suite).await;
    listed_methods(suite).await;
    values(suite).await;
    refreshing(suite).await;
    only_cookies(suite).await;
}

async fn methods<S: AsyncFn(&App, &Request) -> Reply>(suite: &mut Suite<S>) {
    let app = App::new(&[]);
    let token = app.access("user1");
    for (method, guarded) in [
        ("GET", false),
        ("OPTIONS", false),
        ("TRACE", false),
        ("POST", true),
        ("PUT", true),
        ("PATCH", true),
        ("DELETE", true),
    ] {
        let request = Request::new(method, "/access").cookies([access_cookie(&token)]);
        let with = |value: &str| request.clone().header("x-csrf-token", value);
        let or = |code| if guarded { Err(code) } else { Ok("user1") };
        let row = format!("{method} without the CSRF header");
        let expected = or("missing_csrf_token");
        suite.check(&row, &app, request.clone(), expected).await;
        let row = format!("{method} with a wrong CSRF value");
        let expected = or("csrf_mismatch");
        suite.check(&row, &app, with("wrong"), expected).await;
        let row = format!("{method} with the token's CSRF value");
        let request = with(csrf(&token));
        suite.check(&row, &app, request, Ok("user1")).await;
    }
}

async fn listed_methods<S: AsyncFn(&App, &Request) -> Reply>(suite: &mut Suite<S>) {
    for (row, listed, method, expected) in [
        (
            "GET that is listed",
            "GET,POST",
            "GET",
            Err("missing_csrf_token"),
        ),
        (
            "HEAD where GET is listed: it runs the same handler",
            "GET,POST",
            "HEAD",
            Err("missing_csrf_token"),
        ),
        (
            "HEAD that is listed",
            "HEAD,POST",
            "HEAD",
            Err("missing_csrf_token"),
        ),
        ("GET where HEAD is listed", "HEAD,POST", "GET", Ok("user1")),
    ] {
        let app = App::new(&[("JWT_CSRF_METHODS", listed)]);
        let request =
            Request::new(method, "/access").cookies([access_cookie(&app.access("user1"))]);
        suite.check(row, &app, request, expected).await;
    }
}

async fn values<S: AsyncFn(&App, &Request) -> Reply>(suite: &mut Suite<S>) {
    let app = App::new(&[]);
    let token = app.access("user1");
    let older = app.access("user1");
    let right = csrf(&token).as_bytes();
    let lower = right.to_ascii_lowercase();
    let padded = [b"  ", right, b"\t"].concat();
    let listed = [right, b", ", right].concat();
    let non_ascii = [right, b"\xe9"].concat();
    let rows: [(&str, &[&[u8]], Result<&str, &str>); 14] = [
        ("the right value", &[right], Ok("user1")),
        ("the right value twice", &[right, right], Ok("user1")),
        ("the right value between spaces", &[&padded], Ok("user1")),
        (
            "the right value, then a wrong one",
            &[right, b"wrong"],
            Err("csrf_mismatch"),
        ),
        (
            "a wrong value, then the right one",
            &[b"wrong", right],
            Err("csrf_mismatch"),
        ),
        (
            "the right value twice in one line",
            &[&listed],
            Err("csrf_mismatch"),
        ),
        (
            "the right value in small letters",
            &[&lower],
            Err("csrf_mismatch"),
        ),
        (
            "the right value without its last letter",
            &[&right[..right.len() - 1]],
            Err("csrf_mismatch"),
        ),
        (
            "the right value and a byte that is not ASCII",
            &[&non_ascii],
            Err("csrf_mismatch"),
        ),
        (
            "bytes that are not UTF-8",
            &[b"\xe9\xff"],
            Err("csrf_mismatch"),
        ),
        (
            "the value of an older token of the same user",
            &[csrf(&older).as_bytes()],
            Err("csrf_mismatch"),
        ),
        (
            "what script says before a log-in",
            &[b"undefined"],
            Err("csrf_mismatch"),
        ),
        ("an empty header", &[b""], Err("missing_csrf_token")),
        ("a header of spaces", &[b"   "], Err("missing_csrf_token")),
    ];
    for (row, lines, expected) in rows {
        let mut request = post("/access").cookies([access_cookie(&token)]);
        for line in lines {
            request = request.header("X-CSRF-Token", line);
        }
        suite.check(row, &app, request, expected).await;
    }

    let cookie = format!("csrf_access_token={}", csrf(&token));
    let request = post("/access").cookies([access_cookie(&token), cookie]);
    let row = "the CSRF cookie alone never counts: a browser sends it unasked";
    let expected = Err("missing_csrf_token");
    suite.check(row, &app, request, expected).await;

    let planted = "csrf_access_token=planted".to_owned();
    let request = post("/access")
        .cookies([access_cookie(&token), planted])
        .header("x-csrf-token", "planted");
    let row = "a planted CSRF cookie and the same header: compared with the token, not the cookie";
    let expected = Err("csrf_mismatch");
    suite.check(row, &app, request, expected).await;

    let app = App::new(&[("JWT_ACCESS_CSRF_HEADER_NAME", "X-Access-Guard")]);
    let token = app.access("user1");
    for (name, expected) in [
        ("x-access-guard", Ok("user1")),
        ("x-csrf-token", Err("missing_csrf_token")),
    ] {
        let row = format!("the value in {name}, where X-Access-Guard is configured");
        let request = post("/access").cookies([access_cookie(&token)]);
        let request = request.header(name, csrf(&token));
        suite.check(&row, &app, request, expected).await;
    }
}

async fn refreshing<S: AsyncFn(&App, &Request) -> Reply>(suite: &mut Suite<S>) {
    let app = App::new(&[]);
    let (access, refresh) = (app.access("user1"), app.refresh("user1"));
    for method in ["GET", "POST"] {
        let request = Request::new(method, "/refresh")
            .cookies([access_cookie(&access), refresh_cookie(&refresh)]);
        for (row, value, expected) in [
            ("without a CSRF value", "", Err("missing_csrf_token")),
            (
                "with the access token's CSRF value",
                csrf(&access),
                Err("csrf_mismatch"),
            ),
            ("with its own CSRF value", csrf(&refresh), Ok("user1")),
        ] {
            let row = format!("{method} of a refresh cookie {row}");
            let request = request.clone().header("x-csrf-token", value);
            suite.check(&row, &app, request, expected).await;
        }
    }
    let request = post("/access")
        .cookies([access_cookie(&access), refresh_cookie(&refresh)])
        .header("x-csrf-token", csrf(&refresh));
    let row = "an access cookie with the refresh token's CSRF value";
    let expected = Err("csrf_mismatch");
    suite.check(row, &app, request, expected).await;
}

async fn only_cookies<S: AsyncFn(&App, &Request) -> Reply>(suite: &mut Suite<S>) {
    let app = App::new(&[("JWT_TOKEN_LOCATION", "headers,cookies,query")]);
    let token = app.access("user1");
    let header = post("/access").header("authorization", bearer(&token));
    let row = "a POST with a token in a header needs no CSRF value";
    suite.check(row, &app, header.clone(), Ok("user1")).await;
    let row = "a POST with a token in a header needs none when cookies ride along";
    let request = header.cookies([access_cookie(&app.access("user2"))]);
    suite.check(row, &app, request, Ok("user1")).await;
    let row = "a POST with a token in the query needs no CSRF value";
    let request = post(&format!("/access?token={}", token.as_str()));
    suite.check(row, &app, request, Ok("user1")).await;
    let row = "a missing CSRF value does not make a cookie 'not here': the query is not tried";
    let request = post(&format!("/access?token={}", token.as_str()));
    let request = request.cookies([access_cookie(&token)]);
    let expected = Err("missing_csrf_token");
    suite.check(row, &app, request, expected).await;

    let app = App::new(&[
        ("JWT_COOKIE_CSRF_PROTECT", "false"),
        ("HANDSTAMP_DANGER_NO_CSRF", "true"),
    ]);
    let request = post("/access").cookies([access_cookie(&app.access("user1"))]);
    let row = "with the protection off a POST needs no CSRF value";
    suite.check(row, &app, request, Ok("user1")).await;

    let app = App::new(&[]);
    let unguarded = app.sibling(&[
        ("JWT_COOKIE_CSRF_PROTECT", "false"),
        ("HANDSTAMP_DANGER_NO_CSRF", "true"),
    ]);
    let token = super::app::access(&unguarded, "user1");
    for (row, value) in [
        ("a token without a CSRF value is met by none", "x"),
        (
            "a token without a CSRF value is not met by an empty text in quotes",
            "\"\"",
        ),
    ] {
        let request = post("/access")
            .cookies([access_cookie(&token)])
            .header("x-csrf-token", value);
        let expected = Err("csrf_mismatch");
        suite.check(row, &app, request, expected).await;
    }
    let request = get("/access").cookies([access_cookie(&token)]);
    let row = "a token without a CSRF value still reads";
    suite.check(row, &app, request, Ok("user1")).await;
}
