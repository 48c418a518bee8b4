//! Cases of refresh: what a refresh token yields, and when.

use serde_json::Value;

use super::browser::{ACCESS, Browser, REFRESH};
use super::{App, Suite, app};
use crate::adapter::REJECTION;
use crate::adapter::set_cookies::{LOGIN, REMEMBER, shapes};
use crate::adapter::suite::{csrf, post, refresh_cookie};
use crate::{Reply, Request};

pub(super) async fn rows<S: AsyncFn(&App, &Request) -> Reply>(
    suite: &mut Suite<S>,
    style: &'static str,
) {
    who_comes_when(suite, style).await;
    what_goes_on(suite, style).await;
    late_again_and_again(suite, style).await;
    a_copy_without_proof(suite, style).await;
    adopted(suite, style).await;
}

async fn who_comes_when<S: AsyncFn(&App, &Request) -> Reply>(
    suite: &mut Suite<S>,
    style: &'static str,
) {
    for Visit {
        row,
        acknowledged,
        seconds,
        comes,
        expected,
    } in VISITS
    {
        let app = app(style, &[]);
        let first = Browser::logged_in("laptop", suite, &app).await;
        app.advance(14 * 60);
        let mut second = first.clone();
        second.post(suite, &app, "/session/refresh").await;
        if acknowledged {
            let request = second.request("GET", "/access");
            suite.check(row, &app, request, Ok("user1")).await;
        }
        app.advance(seconds);
        let mut comes = match comes {
            Comes::First => first,
            Comes::Second => second.clone(),
        };
        let comes_with = comes.claims(REFRESH);
        let reply = comes.post(suite, &app, "/session/refresh").await;
        match expected {
            Ok(generation) => {
                suite.equal(row, "status", reply.status, 200);
                // The presented token is not set again: a concurrent response may already have
                // delivered its successor.
                let is_back = comes_with == comes.claims(REFRESH);
                let lines = if is_back { &LOGIN[..2] } else { LOGIN };
                suite.equal(row, "lines", shapes(&reply), lines);
                let cache: Vec<&str> = reply.all("cache-control").collect();
                suite.equal(row, "cache-control", cache, ["no-store"]);
                let (got, known) = (comes.claims(REFRESH), second.claims(REFRESH));
                suite.equal(row, "gen", got["gen"].as_u64(), Some(generation));
                let is_same = generation == 2;
                suite.equal(row, "the same successor", got == known, is_same);
                let ids = [&comes, &second].map(|browser| browser.claims(ACCESS)["jti"].clone());
                suite.equal(row, "another access token", ids[0] != ids[1], true);
                let row = format!("{row}: the new access token");
                let request = comes.request("POST", "/access");
                suite.check(&row, &app, request, Ok("user1")).await;
            }
            Err(code) => {
                suite.equal(row, "code", reply.header(REJECTION), Some(code));
                suite.equal(row, "cookies", reply.all("set-cookie").count(), 0);
            }
        }
        if expected == Err("refresh_reused") {
            let row = format!("{row}: the session is over for both");
            for request in [
                comes.request("POST", "/session/refresh"),
                second.request("POST", "/session/refresh"),
                second.request("GET", "/access"),
            ] {
                suite.check(&row, &app, request, Err("session_ended")).await;
            }
        }
    }
}

/// The refresh token that is presented.
#[derive(Clone, Copy)]
enum Comes {
    /// The one of the log-in, which was rotated 14 minutes later.
    First,
    /// Its successor.
    Second,
}

/// After a log-in and a refresh.
struct Visit {
    row: &'static str,
    /// Whether the access token that came with the successor was used.
    acknowledged: bool,
    /// Since the first refresh.
    seconds: u64,
    comes: Comes,
    /// The generation of the refresh token that it yields, or the rejection.
    expected: Result<u64, &'static str>,
}

#[rustfmt::skip]
const VISITS: [Visit; 9] = [
    Visit { row: "the other tab, at once", acknowledged: true, seconds: 0, comes: Comes::First, expected: Ok(2) },
    Visit { row: "the other tab, at the end of the window", acknowledged: true, seconds: 10, comes: Comes::First, expected: Ok(2) },
    Visit { row: "the answer was lost, and the laptop slept for days", acknowledged: false, seconds: 3 * DAY, comes: Comes::First, expected: Ok(2) },
    Visit { row: "a copy, after the window", acknowledged: true, seconds: 11, comes: Comes::First, expected: Err("refresh_reused") },
    Visit { row: "a copy, minutes later", acknowledged: true, seconds: 14 * 60, comes: Comes::First, expected: Err("refresh_reused") },
    Visit { row: "the successor, within its own window", acknowledged: true, seconds: 9, comes: Comes::Second, expected: Ok(2) },
    Visit { row: "the successor, after it", acknowledged: true, seconds: 10, comes: Comes::Second, expected: Ok(3) },
    Visit { row: "the successor, not acknowledged before", acknowledged: false, seconds: 14 * 60, comes: Comes::Second, expected: Ok(2) },
    Visit { row: "the successor, after its end", acknowledged: true, seconds: 20 * DAY, comes: Comes::Second, expected: Err("token_expired") },
];

async fn what_goes_on<S: AsyncFn(&App, &Request) -> Reply>(
    suite: &mut Suite<S>,
    style: &'static str,
) {
    for (row, target, lines) in [
        (
            "a session stays one of the browser over refreshes",
            "/session/log-in",
            LOGIN,
        ),
        (
            "a session that is remembered stays so over refreshes",
            "/session/remember",
            REMEMBER,
        ),
    ] {
        let app = app(style, &[]);
        let mut browser = Browser::new("laptop");
        browser.post(suite, &app, target).await;
        let said = |browser: &Browser| -> Vec<Value> {
            let claims = browser.claims(ACCESS);
            ["sub", "sid", "csrf", "auth_time"]
                .map(|name| claims[name].clone())
                .to_vec()
        };
        let before = said(&browser);
        for (round, seconds, is_same) in [
            ("within the window", 5, true),
            ("after 14 minutes", 14 * 60, false),
            ("after a week", 7 * DAY, false),
        ] {
            app.advance(seconds);
            let old = browser.claims(REFRESH);
            let reply = browser.post(suite, &app, "/session/refresh").await;
            let row = format!("{row} ({round})");
            let lines = if is_same { &lines[..2] } else { lines };
            suite.equal(&row, "lines", shapes(&reply), lines);
            let got = browser.claims(REFRESH);
            suite.equal(&row, "the same refresh token", got == old, is_same);
            suite.equal(&row, "claims", said(&browser), before.clone());
            for (target, expected) in [
                ("/access", Ok("user1")),
                ("/session/this", Ok("laptop")),
                ("/session/list", Ok("laptop*")),
                ("/fresh", Err("fresh_token_required")),
            ] {
                let request = browser.request("GET", target);
                suite.check(&row, &app, request, expected).await;
            }
        }
    }
}

/// The first refresh of each generation is not followed by a request with its tokens: its answer
/// was lost, or a thief who keeps step has it.
async fn late_again_and_again<S: AsyncFn(&App, &Request) -> Reply>(
    suite: &mut Suite<S>,
    style: &'static str,
) {
    for (row, late, expected) in [
        (
            "two generations in a row may go on only by a late token",
            &[true, true, false][..],
            Ok("user1"),
        ),
        (
            "so may two more, after one whose answer arrived",
            &[true, true, false, true, true],
            Ok("user1"),
        ),
        (
            "the third late token in a row ends the session for both",
            &[true, true, true],
            Err("session_ended"),
        ),
    ] {
        let app = app(style, &[]);
        let mut browser = Browser::logged_in("laptop", suite, &app).await;
        let mut first = browser.clone();
        for is_late in late {
            first = browser.clone();
            app.advance(14 * 60);
            first.post(suite, &app, "/session/refresh").await;
            if *is_late {
                app.advance(14 * 60);
                browser.post(suite, &app, "/session/refresh").await;
            } else {
                browser = first.clone();
            }
            suite.send(&app, &browser.request("GET", "/access")).await;
        }
        let request = first.request("GET", "/access");
        suite.check(row, &app, request, expected).await;
    }
}

/// Other sites can make a browser send its cookies, but not the CSRF value.
async fn a_copy_without_proof<S: AsyncFn(&App, &Request) -> Reply>(
    suite: &mut Suite<S>,
    style: &'static str,
) {
    let app = app(style, &[]);
    let old = Browser::logged_in("laptop", suite, &app).await;
    app.advance(14 * 60);
    let mut browser = old.clone();
    browser.post(suite, &app, "/session/refresh").await;
    let row = "a copy without a CSRF value ends nothing";
    let request = browser.request("GET", "/access");
    suite.check(row, &app, request, Ok("user1")).await;
    app.advance(60);
    for (request, expected) in [
        (
            Request::new("POST", "/session/refresh").header("cookie", old.jar.header()),
            Err("missing_csrf_token"),
        ),
        (
            Request::new("GET", "/session/refresh").header("cookie", old.jar.header()),
            Err("missing_csrf_token"),
        ),
        (
            Request::new("POST", "/session/refresh")
                .header("cookie", old.jar.header())
                .header("x-csrf-token", "wrong"),
            Err("csrf_mismatch"),
        ),
        (browser.request("GET", "/access"), Ok("user1")),
        (browser.request("POST", "/session/refresh"), Ok("")),
    ] {
        suite.check(row, &app, request, expected).await;
    }
}

async fn adopted<S: AsyncFn(&App, &Request) -> Reply>(suite: &mut Suite<S>, style: &'static str) {
    let app = app(style, &[]);
    let token = app.refresh("user1");
    let request = post("/session/refresh")
        .cookies([refresh_cookie(&token)])
        .header("x-csrf-token", csrf(&token));
    let mut sids = Vec::new();
    let row = "a refresh token without a session gets one, the same for every tab";
    for lines in [LOGIN, &LOGIN[..2]] {
        let reply = suite.send(&app, &request).await;
        suite.equal(row, "lines", shapes(&reply), lines);
        let mut browser = Browser::new("laptop");
        browser.jar.store(&reply);
        let claims = browser.claims(ACCESS);
        suite.equal(row, "csrf", claims["csrf"].as_str(), Some(csrf(&token)));
        suite.equal(row, "sid is a text", claims["sid"].is_string(), true);
        sids.push(claims["sid"].clone());
        let request = browser.request("POST", "/access");
        suite.check(row, &app, request, Ok("user1")).await;
    }
    suite.equal(row, "sid", &sids[0], &sids[1]);
}

const DAY: u64 = 24 * 60 * 60;
