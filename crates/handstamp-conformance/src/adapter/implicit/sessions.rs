//! Cases of implicit refresh in a session, which it never outlives.

use serde_json::json;

use super::{DUE, renewed};
use crate::adapter::App;
use crate::adapter::sessions::browser::{ACCESS, Browser};
use crate::adapter::suite::Suite;
use crate::{Reply, Request};

pub(super) async fn rows<S: AsyncFn(&App, &Request) -> Reply>(suite: &mut Suite<S>) {
    contents(suite).await;
    chain(suite).await;
    ends(suite).await;
    outages(suite).await;
}

async fn contents<S: AsyncFn(&App, &Request) -> Reply>(suite: &mut Suite<S>) {
    for (row, log_in, lifetime) in [
        ("until the browser is closed", "/session/log-in", ""),
        (
            "for as long as it was told",
            "/session/remember",
            "; Max-Age=2592000;",
        ),
    ] {
        let row = format!("implicit refresh in a session: its cookies are kept {row}");
        let app = App::new(&[]);
        let mut browser = Browser::new("laptop");
        browser.post(suite, &app, log_in).await;
        let mut expected = browser.claims(ACCESS);
        app.advance(DUE);
        let reply = browser.post(suite, &app, "/implicit/access").await;
        let kept = reply
            .all("set-cookie")
            .all(|line| line.contains(lifetime) && line.contains("Max-Age") != lifetime.is_empty());
        suite.equal(&row, "lifetimes", kept, true);
        let claims = browser.claims(ACCESS);
        let made = expected["iat"].as_u64().unwrap_or_default();
        for (name, value) in [
            ("jti", claims["jti"].clone()),
            ("fresh", json!(false)),
            ("iat", json!(made + DUE)),
            ("nbf", json!(made + DUE)),
            ("exp", json!(made + DUE + 15 * 60)),
        ] {
            expected[name] = value;
        }
        suite.equal(&row, "claims", claims, expected);
        let refreshed = browser.post(suite, &app, "/session/refresh").await;
        suite.equal(&row, "a refresh after it", refreshed.status, 200);
    }
}

/// A client that sends a request every six minutes for as long as it is accepted.
async fn chain<S: AsyncFn(&App, &Request) -> Reply>(suite: &mut Suite<S>) {
    for (row, settings) in [
        ("idle", &[("HANDSTAMP_SESSION_IDLE", "2h")]),
        ("absolute", &[("HANDSTAMP_SESSION_ABSOLUTE", "2h")]),
    ] {
        let row = format!("implicit refresh ends with the session: {row}");
        let app = App::new(settings);
        let mut browser = Browser::logged_in("laptop", suite, &app).await;
        let mut minutes = 0;
        let mut renewals = 0;
        loop {
            app.advance(6 * 60);
            minutes += 6;
            let reply = browser.post(suite, &app, "/implicit/access").await;
            if reply.status != 200 || minutes > 24 * 60 {
                break;
            }
            renewals += usize::from(renewed(&reply).is_some());
        }
        suite.equal(&row, "minutes", minutes, 120);
        suite.equal(&row, "renewals", renewals, 18);
    }
}

/// A session that ends is no longer renewed, whichever check runs first.
async fn ends<S: AsyncFn(&App, &Request) -> Reply>(suite: &mut Suite<S>) {
    for checked in ["every-request", "on-refresh"] {
        for tracking in ["true", "false"] {
            let app = App::new(&[
                ("HANDSTAMP_CHECK_SESSIONS", checked),
                ("JWT_SESSION_TRACKING", tracking),
            ]);
            let row = |what: &str| {
                format!("implicit refresh, sessions checked {checked}, tracked {tracking}: {what}")
            };
            let browser = Browser::logged_in("laptop", suite, &app).await;
            let mut other = Browser::logged_in("phone", suite, &app).await;
            app.advance(DUE);

            let row_ = row("a log-out is not undone");
            let in_flight = other.request("GET", "/implicit/access");
            let reply = other.post(suite, &app, "/implicit/log-out").await;
            suite.equal(&row_, "status", reply.status, 200);
            suite.equal(&row_, "cookies left", other.jar.header(), "");
            let reply = suite.send(&app, &in_flight).await;
            suite.equal(&row_, "renewed", renewed(&reply).is_some(), false);

            let row_ = row("what the handler revokes is not renewed");
            let request = browser.request("POST", "/implicit/revoking");
            let reply = suite.send(&app, &request).await;
            suite.equal(&row_, "status", reply.status, 200);
            suite.equal(&row_, "cookies", reply.all("set-cookie").count(), 0);

            let row_ = row("nor is what was revoked before");
            let request = browser.request("POST", "/implicit/access");
            let reply = suite.send(&app, &request).await;
            let status = if checked == "on-refresh" { 200 } else { 401 };
            suite.equal(&row_, "status", reply.status, status);
            suite.equal(&row_, "cookies", reply.all("set-cookie").count(), 0);
        }
    }
}

/// While the store does not answer nothing is renewed, and the response is unchanged.
async fn outages<S: AsyncFn(&App, &Request) -> Reply>(suite: &mut Suite<S>) {
    for (row, checked, status) in [
        ("a store that is down", "on-refresh", 200),
        ("a store that is down for everything", "every-request", 503),
    ] {
        let row = format!("implicit refresh and {row}");
        let app = App::new(&[("HANDSTAMP_CHECK_SESSIONS", checked)]);
        let browser = Browser::logged_in("laptop", suite, &app).await;
        app.advance(DUE);
        let request = browser.request("POST", "/implicit/access");
        app.take_the_store_down();
        let reply = suite.send(&app, &request).await;
        suite.equal(&row, "status", reply.status, status);
        suite.equal(&row, "cookies", reply.all("set-cookie").count(), 0);
        if status == 200 {
            suite.equal(&row, "body", reply.body.as_str(), "user1");
            suite.equal(
                &row,
                "cache-control",
                reply.header("cache-control"),
                Some("no-store"),
            );
        }
        app.bring_the_store_back();
        let reply = suite.send(&app, &request).await;
        suite.equal(
            &row,
            "renewed when it is back",
            renewed(&reply).is_some(),
            true,
        );
    }
}
