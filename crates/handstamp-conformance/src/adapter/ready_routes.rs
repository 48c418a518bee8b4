//! The rows that the ready routes of an adapter must pass: all rows of sessions, whose requests go
//! to the ready routes where there is one, and rows of their own.
//!
//! # The app
//! That of [`adapter`](super), with three groups of ready routes:
//!
//! | below | routes |
//! |---|---|
//! | `/ready` | all of `auth` |
//! | `/fewer` | those of `auth`, without the names and the revocation of one session |
//! | `/theirs` | all of `other` |

use serde_json::{Value, json};

use super::sessions::browser::Browser;
use super::set_cookies::shapes;
use super::suite::{Suite, access_cookie, get};
use super::{App, REJECTION, sessions};
use crate::{Reply, Request};

/// Runs every row, and prints how many checks the adapter of this name passed: the number is the
/// same for all adapters. `serve` is that of [`adapter::run`](super::run).
///
/// # Panics
/// When a row fails: with all that failed.
pub async fn run(adapter: &str, serve: impl AsyncFn(&App, &Request) -> Reply) {
    let mut suite =
        Suite::new(async |app: &App, request: &Request| ready(&serve, app, request).await);
    sessions::rows(&mut suite).await;
    bodies(&mut suite).await;
    lists(&mut suite).await;
    refusals(&mut suite).await;
    prefixes(&mut suite).await;
    others(&mut suite).await;
    suite.finish(&format!("routes suite: {adapter}"));
}

/// Sends what is for a handler of the app to the ready route instead, and changes what that answers
/// to what the handler does.
async fn ready(
    serve: &impl AsyncFn(&App, &Request) -> Reply,
    app: &App,
    request: &Request,
) -> Reply {
    let (target, body): (_, fn(&Reply) -> String) = match (request.method(), request.target()) {
        ("POST", "/session/refresh") => ("/ready/refresh", |_| String::new()),
        ("POST", "/session/log-out") => ("/ready/logout", |_| String::new()),
        ("GET", "/session/list") => ("/ready/sessions", names),
        ("GET", "/session/info") => ("/ready/session", |reply| reply.body.clone()),
        _ => return serve(app, request).await,
    };
    let mut reply = serve(app, &request.clone().to(target)).await;
    if reply.status == 200 {
        reply.body = body(&reply);
    }
    reply
}

fn names(list: &Reply) -> String {
    let list = list.json();
    let sessions = list["sessions"].as_array().into_iter().flatten();
    let names = sessions.map(|session| {
        let mark = if session["this_device"] == true {
            "*"
        } else {
            ""
        };
        format!("{}{mark}", session["browser"].as_str().unwrap_or_default())
    });
    names.collect::<Vec<_>>().join(", ")
}

async fn bodies<S: AsyncFn(&App, &Request) -> Reply>(suite: &mut Suite<S>) {
    let app = App::new(&[]);
    let mut browser = Browser::logged_in("laptop", suite, &app).await;
    let names = |kind| {
        json!({
            "cookie": format!("{kind}_token_cookie"),
            "csrf_cookie": format!("csrf_{kind}_token"),
            "csrf_header": "X-CSRF-TOKEN",
        })
    };
    let names = json!({"access": names("access"), "refresh": names("refresh")});
    let message = |text: &str| json!({"message": text});
    let nobody = json!({
        "subject": null, "expires_in": null, "csrf": null, "fresh": false, "scopes": [], "session_id": null,
    });
    let stranger = Browser::new("stranger");
    let others = json!({"message": "Other sessions revoked", "revoked": 0});
    for (row, request, expected) in [
        ("names", stranger.request("GET", "/ready/names"), names),
        (
            "a stranger is told that no one is logged in",
            stranger.request("GET", "/ready/session"),
            nobody,
        ),
        (
            "no other sessions",
            browser.request("POST", "/ready/sessions/revoke-others"),
            others,
        ),
        (
            "a log-out",
            browser.request("POST", "/ready/logout"),
            message("Successfully logged out"),
        ),
        (
            "a log-out without a session",
            stranger.request("POST", "/ready/logout"),
            message("The cookies were deleted; the request had no session to end"),
        ),
    ] {
        let reply = suite.send(&app, &request).await;
        answered(suite, row, &reply);
        suite.equal(row, "body", reply.json(), expected);
    }

    let row = "a refresh says what a page must know";
    browser = Browser::logged_in("laptop", suite, &app).await;
    let reply = browser.post(suite, &app, "/ready/refresh").await;
    answered(suite, row, &reply);
    let claims = browser.claims("access_token_cookie");
    let refresh = browser.claims("refresh_token_cookie");
    let expected = json!({
        "message": "Token refreshed",
        "csrf": claims["csrf"],
        "refresh_csrf": refresh["csrf"],
        "expires_in": 900,
    });
    suite.equal(row, "body", reply.json(), expected);
    let reply = suite
        .send(&app, &browser.request("GET", "/ready/session"))
        .await;
    answered(suite, row, &reply);
    suite.equal(row, "subject", &reply.json()["subject"], "user1");
    suite.equal(row, "csrf", &reply.json()["csrf"], &claims["csrf"]);
}

/// What every answer of a ready route has.
fn answered<S: AsyncFn(&App, &Request) -> Reply>(suite: &mut Suite<S>, row: &str, reply: &Reply) {
    suite.equal(row, "status", reply.status, 200);
    for (name, value) in [
        ("content-type", "application/json"),
        ("cache-control", "no-store"),
    ] {
        let lines: Vec<&str> = reply.all(name).collect();
        suite.equal(row, name, lines, [value]);
    }
}

async fn lists<S: AsyncFn(&App, &Request) -> Reply>(suite: &mut Suite<S>) {
    let app = App::new(&[]);
    let laptop = Browser::logged_in("laptop", suite, &app).await;
    app.advance(60);
    let phone = Browser::logged_in("phone", suite, &app).await;
    let stranger = app.log_in("user2");
    let row = "the list of a user's sessions";
    let reply = suite
        .send(&app, &laptop.request("GET", "/ready/sessions"))
        .await;
    answered(suite, row, &reply);
    suite.equal(row, "sessions", names(&reply), "phone, laptop*");
    let list = reply.json();
    suite.equal(row, "has_more", &list["has_more"], &Value::Bool(false));
    let ids = |at: usize| {
        list["sessions"][at]["id"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    };
    let (of_phone, of_laptop) = (ids(0), ids(1));
    let of_stranger = stranger.access().as_str();
    let of_stranger = crate::peek(of_stranger)["sid"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    for (row, session, expected) in [
        (
            "another user's session is as one that does not exist",
            of_stranger,
            Err("no_such_session"),
        ),
        (
            "an unknown session",
            "nonsense".to_owned(),
            Err("no_such_session"),
        ),
        (
            "an id that is no UTF-8",
            "%ff".to_owned(),
            Err("no_such_session"),
        ),
        ("a session of the user ends", of_phone.clone(), Ok(())),
        ("it ends once", of_phone, Err("no_such_session")),
    ] {
        let target = format!("/ready/sessions/{session}");
        let reply = suite.send(&app, &laptop.request("DELETE", &target)).await;
        match expected {
            Ok(()) => {
                answered(suite, row, &reply);
                suite.equal(
                    row,
                    "body",
                    reply.json(),
                    json!({"message": "Session revoked"}),
                );
            }
            Err(code) => {
                suite.equal(row, "status", reply.status, 404);
                suite.equal(row, "code", reply.header(REJECTION), Some(code));
                suite.equal(row, "code in the body", &reply.json()["code"], code);
            }
        }
    }
    let row = "a session that another device ended";
    suite
        .check(
            row,
            &app,
            phone.request("GET", "/access"),
            Err("session_ended"),
        )
        .await;
    suite.equal(
        "another user's session goes on",
        "it",
        app.has_ended(&stranger),
        false,
    );
    let again = Browser::logged_in("tablet", suite, &app).await;
    let reply = suite
        .send(
            &app,
            &again.request("POST", "/ready/sessions/revoke-others"),
        )
        .await;
    suite.equal("all others end", "how many", &reply.json()["revoked"], 1);
    suite
        .check(
            "all others end",
            &app,
            laptop.request("GET", "/access"),
            Err("session_ended"),
        )
        .await;
    suite
        .check(
            "all others end, not this",
            &app,
            again.request("GET", "/access"),
            Ok("user1"),
        )
        .await;
    suite.equal("the ids are two", "they", of_laptop.is_empty(), false);
}

async fn refusals<S: AsyncFn(&App, &Request) -> Reply>(suite: &mut Suite<S>) {
    let app = App::new(&[]);
    let browser = Browser::logged_in("laptop", suite, &app).await;
    let stranger = Browser::new("stranger");
    let forged =
        |method, target| Request::new(method, target).header("cookie", browser.jar.header());
    for (row, request, expected) in [
        (
            "a refresh of a stranger",
            stranger.request("POST", "/ready/refresh"),
            "missing_token",
        ),
        (
            "a list of a stranger",
            stranger.request("GET", "/ready/sessions"),
            "missing_token",
        ),
        (
            "a revocation by a stranger",
            stranger.request("DELETE", "/ready/sessions/x"),
            "missing_token",
        ),
        (
            "a refresh without the CSRF value",
            forged("POST", "/ready/refresh"),
            "missing_csrf_token",
        ),
        (
            "a log-out without it",
            forged("POST", "/ready/logout"),
            "missing_csrf_token",
        ),
        (
            "a revocation without it",
            forged("DELETE", "/ready/sessions/x"),
            "missing_csrf_token",
        ),
        (
            "a revocation of all others without it",
            forged("POST", "/ready/sessions/revoke-others"),
            "missing_csrf_token",
        ),
    ] {
        suite.check(row, &app, request, Err(expected)).await;
    }
    // What an app without such a route answers is its own.
    for (row, request, is_answered) in [
        (
            "a refresh by GET",
            browser.request("GET", "/ready/refresh"),
            false,
        ),
        (
            "a log-out by GET",
            browser.request("GET", "/ready/logout"),
            false,
        ),
        ("names where they are left out", get("/fewer/names"), false),
        (
            "a revocation where it is left out",
            browser.request("DELETE", "/fewer/sessions/x"),
            false,
        ),
        (
            "what is not left out",
            browser.request("POST", "/fewer/sessions/revoke-others"),
            true,
        ),
    ] {
        let reply = suite.send(&app, &request).await;
        suite.equal(row, "is answered", reply.status == 200, is_answered);
    }
    app.take_the_store_down();
    for (method, target) in [
        ("POST", "/ready/refresh"),
        ("POST", "/ready/logout"),
        ("GET", "/ready/sessions"),
        ("DELETE", "/ready/sessions/x"),
        ("POST", "/ready/sessions/revoke-others"),
    ] {
        let row = format!("{target} while the store is down");
        let request = browser.request(method, target);
        suite
            .check(&row, &app, request, Err("store_unavailable"))
            .await;
    }
}

/// The cookies have the path of the settings, whatever the prefix of the routes.
async fn prefixes<S: AsyncFn(&App, &Request) -> Reply>(suite: &mut Suite<S>) {
    let app = App::new(&[
        ("JWT_REFRESH_COOKIE_PATH", "/ready"),
        ("JWT_REFRESH_CSRF_COOKIE_PATH", "/ready"),
    ]);
    let paths = |reply: &Reply| -> Vec<bool> {
        let lines = shapes(reply);
        lines
            .iter()
            .map(|line| line.contains("Path=/ready;"))
            .collect()
    };
    let mut browser = Browser::logged_in("laptop", suite, &app).await;
    app.advance(14 * 60);
    for (row, target) in [
        (
            "a refresh sets the cookies where they are",
            "/ready/refresh",
        ),
        ("a log-out deletes them there", "/ready/logout"),
    ] {
        let reply = browser.post(suite, &app, target).await;
        suite.equal(row, "status", reply.status, 200);
        suite.equal(row, "paths", paths(&reply), [false, false, true, true]);
    }
}

/// Routes of an `Auth` that is not that of the application's state.
async fn others<S: AsyncFn(&App, &Request) -> Reply>(suite: &mut Suite<S>) {
    let app = App::new(&[]);
    let theirs = super::app::access(app.other(), "user1");
    let row = "routes belong to the Auth that they were made with";
    let request = get("/theirs/session").cookies([access_cookie(&theirs)]);
    let reply = suite.send(&app, &request).await;
    suite.equal(row, "subject", &reply.json()["subject"], "user1");
    let request = get("/theirs/session").cookies([access_cookie(&app.access("user1"))]);
    suite
        .check(row, &app, request, Err("invalid_signature"))
        .await;
}
