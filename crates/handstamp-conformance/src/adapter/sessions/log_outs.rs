//! Cases of log-out: which session ends, and which cookies are deleted.

use handstamp::TokenPair;

use super::browser::Browser;
use super::{App, Suite, app};
use crate::adapter::REJECTION;
use crate::adapter::app::access;
use crate::adapter::set_cookies::{LOGOUT, shapes};
use crate::adapter::suite::{access_cookie, csrf, get, post, refresh_cookie};
use crate::{Reply, Request};

pub(super) async fn rows<S: AsyncFn(&App, &Request) -> Reply>(
    suite: &mut Suite<S>,
    style: &'static str,
) {
    by_what(suite, style).await;
    at_once(suite, style).await;
    only_this_one(suite, style).await;
}

async fn by_what<S: AsyncFn(&App, &Request) -> Reply>(suite: &mut Suite<S>, style: &'static str) {
    for (row, request, answer) in ROWS {
        let row = format!("a log-out by {row}");
        let app = app(style, &[("JWT_TOKEN_LOCATION", "headers,cookies")]);
        let tokens = app.log_in("user1");
        let request = request(&app, &tokens);
        let reply = suite.send(&app, &request).await;
        let (code, lines): (Option<&str>, &[&str]) = match answer {
            Answer::Ended | Answer::Cleared => (None, LOGOUT),
            Answer::EndedElsewhere => (None, &[]),
            Answer::EndedAndRefused(code) | Answer::Refused(code) => (Some(code), &[]),
        };
        let got = reply.header(REJECTION);
        suite.equal(&row, "refusal", got, code);
        suite.equal(&row, "succeeds", reply.status == 200, code.is_none());
        suite.equal(&row, "lines", shapes(&reply), lines);
        if !lines.is_empty() {
            let cache: Vec<&str> = reply.all("cache-control").collect();
            suite.equal(&row, "cache-control", cache, ["no-store"]);
        }
        let request = post("/session/refresh")
            .cookies([refresh_cookie(tokens.refresh())])
            .header(CSRF, csrf(tokens.refresh()));
        let has_ended = matches!(
            answer,
            Answer::Ended | Answer::EndedElsewhere | Answer::EndedAndRefused(_)
        );
        let expected = if has_ended {
            Err("session_ended")
        } else {
            Ok("")
        };
        suite.check(&row, &app, request, expected).await;
    }
}

/// What a log-out does.
#[derive(Clone, Copy)]
enum Answer {
    /// Ends the session, and deletes the cookies.
    Ended,
    /// Ends the session, and deletes no cookies: another site may not have them deleted.
    EndedElsewhere,
    /// Ends the session, and deletes no cookies: it is unknown whose they are.
    EndedAndRefused(&'static str),
    /// Ends nothing, and deletes the cookies, which may not have been sent.
    Cleared,
    /// Rejects the request, and changes neither session nor cookies.
    Refused(&'static str),
}

type Row = (&'static str, fn(&App, &TokenPair) -> Request, Answer);

#[rustfmt::skip]
const ROWS: [Row; 24] = [
    ("the access cookie", |_, tokens| log_out().cookies([access_cookie(tokens.access())]).header(CSRF, csrf(tokens.access())), Answer::Ended),
    ("the refresh cookie", |_, tokens| log_out().cookies([refresh_cookie(tokens.refresh())]).header(CSRF, csrf(tokens.refresh())), Answer::Ended),
    ("both", |_, tokens| both(tokens).header(CSRF, csrf(tokens.access())), Answer::Ended),
    ("both, by GET", |_, tokens| get("/session/log-out").cookies(cookies(tokens)).header(CSRF, csrf(tokens.access())), Answer::Ended),
    ("an access cookie that has expired", |app, tokens| {
        app.advance(60 * 60);
        log_out().cookies([access_cookie(tokens.access())]).header(CSRF, csrf(tokens.access()))
    }, Answer::Ended),
    ("a token on the blocklist", |app, tokens| {
        app.revoke(tokens.access().id());
        log_out().cookies([access_cookie(tokens.access())]).header(CSRF, csrf(tokens.access()))
    }, Answer::Ended),
    ("a forged cookie before the real one", |_, tokens| {
        log_out().cookies(["access_token_cookie=junk".to_owned(), access_cookie(tokens.access())]).header(CSRF, csrf(tokens.access()))
    }, Answer::Ended),
    ("a cookie of another user next to the real one, with which no request is accepted", |app, tokens| {
        log_out().cookies([access_cookie(&app.access("user2")), access_cookie(tokens.access())]).header(CSRF, csrf(tokens.access()))
    }, Answer::EndedAndRefused("ambiguous_cookie")),
    ("a header", |_, tokens| log_out().header("authorization", format!("Bearer {}", tokens.access().as_str())), Answer::Ended),
    ("a header with the refresh token", |_, tokens| log_out().header("authorization", format!("Bearer {}", tokens.refresh().as_str())), Answer::Ended),
    ("a header, sent by another site", |_, tokens| {
        log_out().header("authorization", format!("Bearer {}", tokens.access().as_str())).header("sec-fetch-site", "cross-site")
    }, Answer::EndedElsewhere),
    ("a header, next to a cookie that a sibling planted", |app, tokens| {
        log_out().cookies([access_cookie(&app.access("user2"))]).header("authorization", format!("Bearer {}", tokens.access().as_str()))
    }, Answer::EndedAndRefused("missing_csrf_token")),
    ("a header, next to the cookies of the same session", |_, tokens| {
        both(tokens).header("authorization", format!("Bearer {}", tokens.access().as_str()))
    }, Answer::Ended),
    ("no CSRF value", |_, tokens| both(tokens), Answer::Refused("missing_csrf_token")),
    ("no CSRF value, by GET", |_, tokens| get("/session/log-out").cookies(cookies(tokens)), Answer::Refused("missing_csrf_token")),
    ("an empty CSRF value", |_, tokens| both(tokens).header(CSRF, ""), Answer::Refused("missing_csrf_token")),
    ("a wrong CSRF value", |_, tokens| both(tokens).header(CSRF, "wrong"), Answer::Refused("csrf_mismatch")),
    ("two CSRF values, one of them right", |_, tokens| both(tokens).header(CSRF, csrf(tokens.access())).header(CSRF, "wrong"), Answer::Refused("csrf_mismatch")),
    ("a cookie that has expired, and no CSRF value", |app, tokens| {
        app.advance(60 * 60);
        both(tokens)
    }, Answer::Refused("missing_csrf_token")),
    ("nothing", |_, _| log_out(), Answer::Cleared),
    ("a CSRF value alone", |_, tokens| log_out().header(CSRF, csrf(tokens.access())), Answer::Cleared),
    ("an empty cookie", |_, _| log_out().cookies(["access_token_cookie=; refresh_token_cookie="]), Answer::Cleared),
    ("a cookie that is no token", |_, _| log_out().cookies(["access_token_cookie=junk"]), Answer::Cleared),
    ("a cookie signed with another key", |app, _| log_out().cookies([access_cookie(&access(app.other(), "user1"))]), Answer::Cleared),
];

fn log_out() -> Request {
    post("/session/log-out")
}

fn cookies(tokens: &TokenPair) -> [String; 2] {
    [
        access_cookie(tokens.access()),
        refresh_cookie(tokens.refresh()),
    ]
}

fn both(tokens: &TokenPair) -> Request {
    log_out().cookies(cookies(tokens))
}

async fn at_once<S: AsyncFn(&App, &Request) -> Reply>(suite: &mut Suite<S>, style: &'static str) {
    for (row, settings, access, refresh) in [
        (
            "after a log-out no token of the session is accepted",
            &[] as &[_],
            Err("session_ended"),
            Err("session_ended"),
        ),
        (
            "where sessions are looked up on refresh only, an access token lives on and no refresh token does",
            &[("HANDSTAMP_CHECK_SESSIONS", "on-refresh")],
            Ok("user1"),
            Err("session_ended"),
        ),
        (
            "where sessions are not tracked, the tokens themselves are revoked",
            &[("JWT_SESSION_TRACKING", "false")],
            Err("token_revoked"),
            Err("token_revoked"),
        ),
    ] {
        let app = app(style, settings);
        let mut browser = Browser::logged_in("laptop", suite, &app).await;
        let copies = [
            (browser.request("GET", "/access"), access),
            (browser.request("POST", "/session/refresh"), refresh),
        ];
        let reply = browser.post(suite, &app, "/session/log-out").await;
        suite.equal(row, "status", reply.status, 200);
        suite.equal(row, "cookies left", browser.jar.header(), "");
        for (copy, expected) in copies {
            suite.check(row, &app, copy, expected).await;
        }
        let row = "logging out twice is no mistake";
        let request = browser.request("POST", "/session/log-out");
        suite.check(row, &app, request, Ok("")).await;
    }

    let app = app(
        style,
        &[
            ("JWT_COOKIE_CSRF_PROTECT", "false"),
            ("HANDSTAMP_DANGER_NO_CSRF", "true"),
        ],
    );
    let browser = Browser::logged_in("laptop", suite, &app).await;
    let row = "where there are no CSRF values, a log-out needs none";
    let request = browser.request("POST", "/session/log-out");
    suite.check(row, &app, request, Ok("")).await;
    let request = browser.request("GET", "/access");
    suite.check(row, &app, request, Err("session_ended")).await;
}

async fn only_this_one<S: AsyncFn(&App, &Request) -> Reply>(
    suite: &mut Suite<S>,
    style: &'static str,
) {
    let app = app(style, &[]);
    let mut laptop = Browser::logged_in("laptop", suite, &app).await;
    let phone = Browser::logged_in("phone", suite, &app).await;
    laptop.post(suite, &app, "/session/log-out").await;
    let row = "a log-out ends no other session of its user";
    for (target, expected) in [("/access", "user1"), ("/session/list", "phone*")] {
        let request = phone.request("GET", target);
        suite.check(row, &app, request, Ok(expected)).await;
    }
    laptop.post(suite, &app, "/session/log-in").await;
    let row = "after a log-out the same browser logs in again";
    let request = laptop.request("POST", "/access");
    suite.check(row, &app, request, Ok("user1")).await;
}

const CSRF: &str = "x-csrf-token";
