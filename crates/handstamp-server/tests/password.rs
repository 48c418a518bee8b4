//! The route by which a user changes the own password.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a failing test panics"
)]

use std::io::Write as _;
use std::net::TcpStream;
use std::thread;
use std::time::{Duration, Instant};

use handstamp_conformance::{Reply, Request};
use serde_json::{Value, json};

use crate::service::{Browser, Service, granted, is_logged_out, log_in, session_ended};

const OLD: &str = "correct horse";
const NEW: &str = "battery staple";

fn start() -> Service {
    let server = Service::start(&[], &[]).unwrap();
    server.home().add_user("alice", OLD);
    server
}

fn change(browser: &Browser, body: &Value) -> Request {
    browser.request("POST", "/password").json(body)
}

fn message(reply: &Reply) -> String {
    let message = reply.json()["message"].as_str().map(str::to_owned);
    message.unwrap_or_default()
}

#[test]
fn a_new_password_ends_all_sessions_and_begins_one() {
    let server = start();
    let mut browser = Browser::logged_in(&server, "alice", OLD);
    let copy = browser.clone();
    let other = Browser::logged_in(&server, "alice", OLD);
    let body = json!({"current": OLD, "new": NEW, "remember": true});
    let reply = server.send(&change(&browser, &body));
    assert_eq!(reply.status, 200, "{reply:?}");
    assert!(
        message(&reply).contains("The password was changed"),
        "{reply:?}"
    );
    let persistent =
        |line: &&str| line.starts_with("refresh_token_cookie=") && line.contains("Max-Age=");
    assert_eq!(
        reply.all("set-cookie").filter(persistent).count(),
        1,
        "{reply:?}"
    );
    browser.0.store(&reply);
    assert_eq!(browser.protected(&server), granted());
    for (name, browser) in [
        ("another browser", other),
        ("a copy of the former cookies", copy),
    ] {
        assert_eq!(browser.protected(&server), session_ended(), "{name}");
    }
    assert_eq!(log_in(&server, "alice", OLD).status, 401);
    assert_eq!(log_in(&server, "alice", NEW).status, 200);
}

#[test]
fn what_is_refused_changes_nothing() {
    let server = start();
    let browser = Browser::logged_in(&server, "alice", OLD);
    let right = json!({"current": OLD, "new": NEW});
    let without_csrf = Request::new("POST", "/password").header("cookie", browser.0.header());
    for (name, request, status, part) in [
        (
            "no token",
            Request::new("POST", "/password").json(&right),
            401,
            "Missing JWT",
        ),
        (
            "no CSRF value",
            without_csrf.json(&right),
            403,
            "Missing CSRF token",
        ),
        (
            "a wrong password",
            change(&browser, &json!({"current": "swordfish", "new": NEW})),
            403,
            "Nothing was changed",
        ),
        (
            "the same again",
            change(&browser, &json!({"current": OLD, "new": OLD})),
            422,
            "the same as the one given as the current one",
        ),
        (
            "none",
            change(&browser, &json!({"new": NEW})),
            422,
            "current",
        ),
        (
            "a short new one",
            change(&browser, &json!({"current": OLD, "new": "swordf"})),
            422,
            "at least 8 bytes",
        ),
        (
            "one of a line break",
            change(&browser, &json!({"current": OLD, "new": "swordfish\n1"})),
            422,
            "no control characters",
        ),
        (
            "one that is a number",
            change(
                &browser,
                &json!({"current": OLD, "new": 7_319_468_273_194_u64}),
            ),
            422,
            "a password in quotes",
        ),
    ] {
        let reply = server.send(&request);
        assert_eq!(reply.status, status, "{name}: {reply:?}");
        assert!(message(&reply).contains(part), "{name}: {reply:?}");
        for secret in ["swordf", "7319468", OLD] {
            assert!(!reply.body.contains(secret), "{name}: {reply:?}");
        }
        assert_eq!(reply.header("set-cookie"), None, "{name}");
        assert_eq!(reply.header("cache-control"), Some("no-store"), "{name}");
        assert_eq!(browser.protected(&server), granted(), "{name}");
    }
    assert_eq!(log_in(&server, "alice", OLD).status, 200);
}

#[test]
fn wrong_current_passwords_count_as_wrong_log_ins() {
    let server = start();
    let browser = Browser::logged_in(&server, "alice", OLD);
    let wrong = json!({"current": "a guess", "new": NEW});
    let statuses: Vec<u16> = (0..11)
        .map(|_| server.send(&change(&browser, &wrong)).status)
        .collect();
    assert_eq!(statuses, [&[403; 10][..], &[429]].concat());
    let reply = server.send(&change(&browser, &json!({"current": OLD, "new": NEW})));
    assert_eq!(
        reply.status, 429,
        "not even the right one is compared: {reply:?}"
    );
    assert!(reply.header("retry-after").is_some());
    assert_eq!(browser.protected(&server), granted(), "the session goes on");
}

#[test]
fn the_passwords_of_demo_users_stay() {
    let server = Service::start(&[], &[]).unwrap();
    let browser = Browser::logged_in(&server, "user1", "password1");
    let reply = server.send(&change(
        &browser,
        &json!({"current": "password1", "new": NEW}),
    ));
    assert_eq!(reply.status, 403, "{reply:?}");
    assert!(message(&reply).contains("handstamp user add"), "{reply:?}");
    assert_eq!(log_in(&server, "user1", "password1").status, 200);
}

#[test]
fn the_device_stays_known() {
    let server = start();
    let mut browser = Browser::logged_in(&server, "alice", OLD);
    let reply = server.send(&change(&browser, &json!({"current": OLD, "new": NEW})));
    browser.0.store(&reply);
    for _ in 0..11 {
        log_in(&server, "alice", "a guess");
    }
    assert_eq!(
        log_in(&server, "alice", NEW).status,
        429,
        "a new device waits"
    );
    let login = crate::service::login("alice", NEW).header("cookie", browser.0.header());
    assert_eq!(server.send(&login).status, 200);
}

/// Browsers are closed, and networks break, at any moment.
#[test]
fn a_client_that_goes_away_leaves_no_session_of_the_former_password() {
    let server = Service::start(&[], &[]).unwrap();
    server.home().add_user("first", OLD);
    let first = Browser::logged_in(&server, "first", OLD);
    let start = Instant::now();
    let body = json!({"current": OLD, "new": NEW});
    assert_eq!(server.send(&change(&first, &body)).status, 200);
    // From a fifth of the time that a change takes to more than all of it.
    let step = start.elapsed() / 50;
    let body = body.to_string();
    let tried: Vec<_> = (0..60)
        .map(|number| {
            let name = format!("user{number}");
            server.home().add_user(&name, OLD);
            let browser = Browser::logged_in(&server, &name, OLD);
            let head = format!(
                "POST /password HTTP/1.1\r\nhost: localhost\r\ncookie: {}\r\nx-csrf-token: {}\r\n\
                 content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
                browser.0.header(),
                browser.0.get("csrf_access_token").unwrap(),
                body.len(),
            );
            let mut stream = TcpStream::connect(server.address()).unwrap();
            stream.write_all(head.as_bytes()).unwrap();
            thread::sleep(step * (10 + number));
            drop(stream);
            (name, browser)
        })
        .collect();
    // Whatever goes on is done by then.
    thread::sleep(Duration::from_secs(1));
    let mut changed = 0;
    for (name, browser) in tried {
        if log_in(&server, &name, NEW).status == 200 {
            changed += 1;
            assert_eq!(browser.protected(&server), session_ended(), "{name}");
        } else {
            assert_eq!(browser.protected(&server), granted(), "{name}");
        }
    }
    assert!(changed > 0, "none came far enough");
}

#[test]
fn without_sessions_the_user_logs_in_again() {
    let server = Service::start(&[], &[("JWT_SESSION_TRACKING", "false")]).unwrap();
    server.home().add_user("alice", OLD);
    // The command has revoked tokens without a session, and those of half a minute from then.
    thread::sleep(Duration::from_secs(31));
    let mut browser = Browser::logged_in(&server, "alice", OLD);
    let reply = server.send(&change(&browser, &json!({"current": OLD, "new": NEW})));
    assert_eq!(reply.status, 200, "{reply:?}");
    assert!(message(&reply).contains("in half a minute"), "{reply:?}");
    browser.0.store(&reply);
    assert!(is_logged_out(&browser.0), "{reply:?}");
}
