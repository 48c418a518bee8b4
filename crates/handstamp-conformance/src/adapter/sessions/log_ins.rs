//! Cases of log-in: what it sets, and which session it ends.

use serde_json::json;

use super::browser::{ACCESS, Browser, REFRESH};
use super::{App, Suite, app};
use crate::adapter::set_cookies::{LOGIN, REMEMBER, shapes};
use crate::adapter::suite::{access_cookie, csrf, post, refresh_cookie};
use crate::{Reply, Request};

pub(super) async fn rows<S: AsyncFn(&App, &Request) -> Reply>(
    suite: &mut Suite<S>,
    style: &'static str,
) {
    what_it_gives(suite, style).await;
    what_it_ends(suite, style).await;
    where_sessions_are_not_tracked(suite, style).await;
    where_sessions_are_required(suite, style).await;
}

async fn what_it_gives<S: AsyncFn(&App, &Request) -> Reply>(
    suite: &mut Suite<S>,
    style: &'static str,
) {
    for (row, target, lines) in [
        (
            "a log-in sets four cookies, in this order",
            "/session/log-in",
            LOGIN,
        ),
        (
            "a log-in that is remembered sets them with Max-Age",
            "/session/remember",
            REMEMBER,
        ),
    ] {
        let app = app(style, &[]);
        let mut browser = Browser::new("laptop");
        let reply = browser.post(suite, &app, target).await;
        suite.equal(row, "status", reply.status, 200);
        suite.equal(row, "lines", shapes(&reply), lines);
        let cache: Vec<&str> = reply.all("cache-control").collect();
        suite.equal(row, "cache-control", cache, ["no-store"]);

        let (access, refresh) = (browser.claims(ACCESS), browser.claims(REFRESH));
        let row = format!("both tokens of a log-in carry its session ({target})");
        suite.equal(&row, "sid is a text", access["sid"].is_string(), true);
        for name in ["sid", "gen", "auth_time", "csrf"] {
            suite.equal(&row, name, &access[name], &refresh[name]);
        }
        suite.equal(&row, "gen", &access["gen"], &json!(1));
        let row = format!("both CSRF cookies have the session's value ({target})");
        for name in ["csrf_access_token", "csrf_refresh_token"] {
            let value = browser.jar.get(name);
            suite.equal(&row, name, value, access["csrf"].as_str());
        }

        for (row, method, target, expected) in [
            ("lets its browser read", "GET", "/access", "user1"),
            ("lets its browser write", "POST", "/access", "user1"),
            ("is fresh", "GET", "/fresh", "user1"),
            (
                "has one CSRF value for both tokens on one route",
                "POST",
                "/layered-refresh",
                "user1",
            ),
            ("knows its session", "GET", "/session/this", "laptop"),
        ] {
            let request = browser.request(method, target);
            let row = format!("a log-in {row}");
            suite.check(&row, &app, request, Ok(expected)).await;
        }
    }
}

async fn what_it_ends<S: AsyncFn(&App, &Request) -> Reply>(
    suite: &mut Suite<S>,
    style: &'static str,
) {
    let app = app(style, &[]);
    let mut laptop = Browser::logged_in("laptop", suite, &app).await;
    app.advance(1);
    let phone = Browser::logged_in("phone", suite, &app).await;
    let row = "a log-in in another browser is one more session";
    for (browser, this, list) in [
        (&laptop, "laptop", "phone, laptop*"),
        (&phone, "phone", "phone*, laptop"),
    ] {
        for (target, expected) in [("/session/this", this), ("/session/list", list)] {
            let request = browser.request("GET", target);
            suite.check(row, &app, request, Ok(expected)).await;
        }
    }

    let before = laptop.clone();
    app.advance(1);
    laptop.post(suite, &app, "/session/log-in").await;
    let row = "logging in again in the same browser ends the session that it was in";
    let sids = [&before, &laptop].map(|browser| browser.claims(ACCESS)["sid"].clone());
    suite.equal(row, "another sid", sids[0] != sids[1], true);
    for (request, expected) in [
        (before.request("GET", "/access"), Err("session_ended")),
        (
            before.request("POST", "/session/refresh"),
            Err("session_ended"),
        ),
        (laptop.request("GET", "/access"), Ok("user1")),
        (laptop.request("GET", "/session/list"), Ok("laptop*, phone")),
    ] {
        suite.check(row, &app, request, expected).await;
    }

    let row = "a log-in needs no CSRF value, whatever cookies there are";
    let request = post("/session/log-in").cookies([
        format!("{ACCESS}=junk"),
        format!("{REFRESH}={}", phone.jar.get(REFRESH).unwrap_or_default()),
    ]);
    suite.check(row, &app, request, Ok("")).await;
    let row = "a log-in over a refresh cookie alone ends its session too";
    let request = phone.request("GET", "/access");
    suite.check(row, &app, request, Err("session_ended")).await;

    // A sibling subdomain can plant cookies, and a page of another site can make the browser send
    // them.
    let stranger = app.log_in("user2");
    let forged = format!("{}x", access_cookie(stranger.access()));
    suite
        .send(&app, &post("/session/log-in").cookies([forged]))
        .await;
    let row = "a log-in over a forged cookie ends no session";
    let request = Request::new("GET", "/access").cookies([access_cookie(stranger.access())]);
    suite.check(row, &app, request, Ok("user2")).await;
}

async fn where_sessions_are_not_tracked<S: AsyncFn(&App, &Request) -> Reply>(
    suite: &mut Suite<S>,
    style: &'static str,
) {
    let app = app(style, &[("JWT_SESSION_TRACKING", "false")]);
    let mut browser = Browser::new("laptop");
    let reply = browser.post(suite, &app, "/session/log-in").await;
    let row = "where sessions are not tracked, a log-in sets the four cookies all the same";
    suite.equal(row, "lines", shapes(&reply), LOGIN);
    let row = "where sessions are not tracked, tokens have none";
    for name in [ACCESS, REFRESH] {
        suite.equal(row, name, browser.claims(name).get("sid"), None);
    }
    let request = browser.request("GET", "/session/this");
    suite.check(row, &app, request, Err("session_ended")).await;
    let request = browser.request("GET", "/session/list");
    suite.check(row, &app, request, Ok("")).await;

    let row = "where sessions are not tracked, a refresh gives the same refresh token";
    let before = browser.claims(REFRESH);
    app.advance(14 * 60);
    let reply = browser.post(suite, &app, "/session/refresh").await;
    suite.equal(row, "lines", shapes(&reply), LOGIN);
    suite.equal(row, "claims", browser.claims(REFRESH), before);
}

async fn where_sessions_are_required<S: AsyncFn(&App, &Request) -> Reply>(
    suite: &mut Suite<S>,
    style: &'static str,
) {
    let app = app(style, &[("JWT_SESSION_TRACKING", "true")]);
    let row = "where sessions are required, a refresh token without one is refused";
    let token = app.refresh("user1");
    let request = post("/session/refresh")
        .cookies([refresh_cookie(&token)])
        .header("x-csrf-token", csrf(&token));
    suite.check(row, &app, request, Err("session_ended")).await;
}
