//! Cases of a store that does not answer: no token is accepted, and no cookie is deleted.

use super::browser::Browser;
use super::{App, Suite, app};
use crate::adapter::REJECTION;
use crate::adapter::set_cookies::{LOGIN, LOGOUT, shapes};
use crate::adapter::suite::{access_cookie, get, post};
use crate::{Reply, Request};

pub(super) async fn rows<S: AsyncFn(&App, &Request) -> Reply>(
    suite: &mut Suite<S>,
    style: &'static str,
) {
    let app = app(style, &[]);
    let mut browser = Browser::logged_in("laptop", suite, &app).await;
    let plain = access_cookie(&app.access("user1"));
    app.take_the_store_down();
    for (row, request) in [
        ("an access token", browser.request("GET", "/access")),
        (
            "an access token, by POST",
            browser.request("POST", "/access"),
        ),
        (
            "an access token behind a layer",
            browser.request("GET", "/layered"),
        ),
        (
            "an access token without a session",
            get("/access").cookies([plain]),
        ),
        ("a refresh token", browser.request("POST", "/refresh")),
        ("a refresh", browser.request("POST", "/session/refresh")),
        ("a log-in", post("/session/log-in")),
        (
            "a log-in in the place of another",
            browser.request("POST", "/session/log-in"),
        ),
        ("a log-out", browser.request("POST", "/session/log-out")),
        ("a session", browser.request("GET", "/session/this")),
        (
            "a list of sessions",
            browser.request("GET", "/session/list"),
        ),
    ] {
        let row = format!("while the store is down, {row} is put off");
        let reply = suite.send(&app, &request).await;
        suite.equal(&row, "status", reply.status, 503);
        for (name, value) in [
            (REJECTION, Some("store_unavailable")),
            ("retry-after", Some("1")),
            ("cache-control", Some("no-store")),
            ("www-authenticate", None),
            ("set-cookie", None),
        ] {
            let lines: Vec<&str> = reply.all(name).collect();
            let expected: Vec<&str> = value.into_iter().collect();
            suite.equal(&row, name, lines, expected);
        }
    }

    for (row, request, expected) in [
        ("no token", get("/access"), Err("missing_token")),
        (
            "a forged token",
            get("/access").cookies(["access_token_cookie=junk"]),
            Err("invalid_token"),
        ),
        (
            "a log-out without a CSRF value",
            Request::new("POST", "/session/log-out").header("cookie", browser.jar.header()),
            Err("missing_csrf_token"),
        ),
        (
            "a log-out without a token",
            post("/session/log-out"),
            Ok(""),
        ),
    ] {
        let row = format!("while the store is down, {row} is answered as always");
        suite.check(&row, &app, request, expected).await;
    }
    let request = post("/session/log-out").cookies(["access_token_cookie=junk"]);
    let reply = suite.send(&app, &request).await;
    let row = "while the store is down, cookies that are good for nothing are deleted as always";
    suite.equal(row, "lines", shapes(&reply), LOGOUT);

    app.bring_the_store_back();
    let row = "after an outage everybody is where they were";
    for (target, expected) in [("/access", "user1"), ("/session/list", "laptop*")] {
        let request = browser.request("GET", target);
        suite.check(row, &app, request, Ok(expected)).await;
    }
    app.advance(14 * 60);
    for (row, target, lines) in [
        ("a refresh that is tried again", "/session/refresh", LOGIN),
        ("a log-in that is tried again", "/session/log-in", LOGIN),
        ("a log-out that is tried again", "/session/log-out", LOGOUT),
    ] {
        let row = format!("{row} after an outage succeeds");
        let reply = browser.post(suite, &app, target).await;
        suite.equal(&row, "status", reply.status, 200);
        suite.equal(&row, "lines", shapes(&reply), lines);
    }
}
