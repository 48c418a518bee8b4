//! PostgreSQL or Redis fails while the server runs: requests get 503, no user is logged out, and
//! the server recovers by itself.
//!
//! Times are printed: `cargo nextest run -p handstamp-server --test outage --no-capture`.

#![expect(clippy::indexing_slicing, reason = "a failing test panics")]

use std::thread;
use std::time::{Duration, Instant};

use handstamp_conformance::services::{Postgres, Redis};
use handstamp_conformance::{Reply, Request, Server};
use serde_json::{Value, json};

use crate::service::{Browser, Home, Service, granted, login, stderr};

/// A little more than the time limit of queries and of `HANDSTAMP_STORE_TIMEOUT`, 2 s each.
const LIMIT: Duration = Duration::from_millis(2500);
const SECRET: &str = "a secret of the tests, longer than thirty-two bytes";

/// The reply asks the client to try again, and sets no cookie.
fn assert_unavailable(name: &str, reply: &Reply) {
    assert_eq!(reply.status, 503, "{name}: {reply:?}");
    assert_eq!(
        reply.json()["code"],
        "store_unavailable",
        "{name}: {reply:?}"
    );
    assert!(reply.header("retry-after").is_some(), "{name}: {reply:?}");
    assert_eq!(reply.header("set-cookie"), None, "{name}");
}

fn timed(server: &Server, request: &Request) -> (Reply, Duration) {
    let start = Instant::now();
    let reply = server.send(request);
    (reply, start.elapsed())
}

/// Sends all requests, none of which may be served, and asks `/readyz` as well.
fn assert_outage(
    case: &str,
    server: &Server,
    browser: &Browser,
    requests: &[Request],
    ready: &Value,
) {
    for request in requests {
        let name = format!("{case}: {} {}", request.method(), request.target());
        let (reply, took) = timed(server, request);
        println!("{name}: {} after {took:?}", reply.status);
        assert_unavailable(&name, &reply);
        assert!(took < LIMIT, "{name}: {took:?}");
    }
    let (reply, took) = timed(server, &Request::new("GET", "/readyz"));
    println!("{case}: /readyz: {} after {took:?}", reply.status);
    assert_eq!((reply.status, &reply.json()), (503, ready), "{case}");
    assert!(took < LIMIT, "{case}: {took:?}");
    assert_eq!(browser.get(server, "/healthz").status, 200, "{case}");
}

/// Waits until the same process serves again.
fn assert_recovery(case: &str, server: &Server, browser: &mut Browser) {
    let start = Instant::now();
    while browser.protected(server) != granted() {
        assert!(
            start.elapsed() < Duration::from_secs(10),
            "{}",
            server.stderr()
        );
        thread::sleep(Duration::from_millis(10));
    }
    println!(
        "{case}: served {:?} after it answers again",
        start.elapsed()
    );
    while browser.get(server, "/readyz").status != 200 {
        assert!(
            start.elapsed() < Duration::from_secs(10),
            "{}",
            server.stderr()
        );
        thread::sleep(Duration::from_millis(10));
    }
    println!("{case}: ready {:?} after it answers again", start.elapsed());
    assert_eq!(browser.send(server, "POST", "/refresh").status, 200);
    Browser::logged_in(server, "user2", "password2");
}

fn requests(browser: &Browser) -> Vec<Request> {
    vec![
        browser.request("GET", "/protected"),
        browser.request("POST", "/refresh"),
        browser.request("POST", "/logout"),
        browser.request("GET", "/sessions"),
        browser.request("DELETE", "/sessions/x"),
        browser.request("POST", "/sessions/revoke-others"),
    ]
}

#[test]
fn postgres_is_killed_and_started_again() {
    let mut database = Postgres::start();
    let url = database.url();
    let settings = [("DATABASE_URL", url.as_str()), ("JWT_SECRET_KEY", SECRET)];
    let home = Home::new();
    let server = home.start(&[], &settings).unwrap();
    let mut browser = Browser::logged_in(&server, "user1", "password1");
    assert_eq!(browser.protected(&server), granted());
    let mut all = requests(&browser);
    all.push(login("user1", "password1"));
    let ready = json!({"database": "unreachable", "sessions": "unreachable"});

    for round in ["PostgreSQL killed", "PostgreSQL killed again"] {
        database.kill();
        assert_outage(round, &server, &browser, &all, &ready);
        database.start_again();
        assert_recovery(round, &server, &mut browser);
    }
    database.stop();
    assert_outage("PostgreSQL hangs", &server, &browser, &all, &ready);
    database.cont();
    assert_recovery("PostgreSQL hangs", &server, &mut browser);
    assert!(
        !server.stderr().contains(database.password()),
        "{}",
        server.stderr()
    );
    assert_eq!(server.stop("TERM"), Some(0));
}

#[test]
fn redis_is_killed_and_started_again() {
    let mut redis = Redis::durable();
    let server = Service::start(&["--redis", &redis.url()], &[]).unwrap();
    let mut browser = Browser::logged_in(&server, "user1", "password1");
    assert_eq!(browser.protected(&server), granted());
    let mut all = requests(&browser);
    all.push(login("user1", "password1"));
    let ready = json!({"database": "ok", "sessions": "unreachable"});

    for round in ["Redis killed", "Redis killed again"] {
        redis.kill();
        assert_outage(round, &server, &browser, &all, &ready);
        redis.start_again();
        assert_recovery(round, &server, &mut browser);
    }
    redis.freeze();
    assert_outage("Redis hangs", &server, &browser, &all, &ready);
    redis.thaw();
    assert_recovery("Redis hangs", &server, &mut browser);
    assert_eq!(server.stop("TERM"), Some(0));
}

#[test]
fn with_redis_down_it_starts_and_commands_report_that_sessions_go_on() {
    let mut redis = Redis::durable();
    redis.kill();
    let home = Home::new();
    let url = redis.url();
    let settings = [("REDIS_URL", url.as_str())];
    let server = home.start(&[], &settings).unwrap();
    assert_unavailable("log in", &server.send(&login("user1", "password1")));
    let add = ["user", "add", "alice", "--password-stdin"];
    let output = home.run_with(&add, &settings, "correct horse");
    assert_eq!(output.status.code(), Some(1));
    let words = "the account of alice was changed, but its sessions could not be ended and go on";
    assert!(stderr(&output).contains(words), "{}", stderr(&output));

    redis.start_again();
    let mut browser = Browser::default();
    let start = Instant::now();
    while browser.0.header().is_empty() {
        assert!(
            start.elapsed() < Duration::from_secs(10),
            "{}",
            server.stderr()
        );
        let reply = server.send(&login("alice", "correct horse"));
        browser.0.store(&reply);
    }
    println!(
        "Redis down at the start: log-in {:?} after it answers",
        start.elapsed()
    );
    assert_eq!(browser.protected(&server), granted());
    let disabled = home.run_with(&["user", "disable", "alice"], &settings, "");
    assert!(disabled.status.success(), "{}", stderr(&disabled));
    assert_eq!(browser.protected(&server).0, 401);
}

/// Otherwise sessions of the demo users, whose passwords are public, would be valid after Redis
/// recovers.
#[test]
fn with_redis_down_it_does_not_start_where_the_demo_sessions_must_end() {
    let mut redis = Redis::start();
    redis.kill();
    let home = Home::new();
    let arguments = ["--listen", "0.0.0.0:0", "--redis", &redis.url()];
    let refusal = home.start(&arguments, &[]).unwrap_err();
    assert_eq!(refusal.status, Some(1), "{}", refusal.stderr);
    let words = "the sessions of the demo users cannot be ended";
    assert!(refusal.stderr.contains(words), "{}", refusal.stderr);
}
