//! Both lifetimes of cookies, as configured and as chosen at each log-in.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a failing test panics"
)]

use handstamp_conformance::{Jar, Reply, Request, Server, logs_in_with_old_cookies, peek};
use serde_json::{Value, json};

/// What the cookies of the access token and of the refresh token say of their lifetime; each
/// token's CSRF cookie must say the same.
type Lifetimes = [Option<u32>; 2];

type Settings = &'static [(&'static str, &'static str)];

const SESSION: Lifetimes = [None, None];
const THIRTY_DAYS: u32 = 30 * 24 * 60 * 60;
const REMEMBERED: Lifetimes = [Some(THIRTY_DAYS), Some(THIRTY_DAYS)];
const AS_REFRESH_TOKEN: Lifetimes = [Some(20 * 24 * 60 * 60); 2];

#[test]
fn cookies_live_as_configured_and_as_chosen() {
    const MONTH: (&str, &str) = ("JWT_COOKIE_MAX_AGE", "2592000");
    const NOT_SESSION: (&str, &str) = ("JWT_SESSION_COOKIE", "false");
    let rows: [(&str, Settings, Value, Lifetimes); 13] = [
        (
            "nothing configured, nothing chosen",
            &[],
            Value::Null,
            SESSION,
        ),
        (
            "nothing configured, not remembered",
            &[],
            json!(false),
            SESSION,
        ),
        (
            "nothing configured, remembered",
            &[],
            json!(true),
            REMEMBERED,
        ),
        (
            "the page's session cookie",
            &[("JWT_SESSION_COOKIE", "true")],
            Value::Null,
            SESSION,
        ),
        (
            "the page's session cookie, remembered",
            &[("JWT_SESSION_COOKIE", "true")],
            json!(true),
            REMEMBERED,
        ),
        (
            "the page's persistent cookie",
            &[MONTH, NOT_SESSION],
            Value::Null,
            REMEMBERED,
        ),
        (
            "the page's persistent cookie, not remembered",
            &[MONTH, NOT_SESSION],
            json!(false),
            SESSION,
        ),
        ("a lifetime alone", &[MONTH], Value::Null, REMEMBERED),
        (
            "a short lifetime",
            &[("JWT_COOKIE_MAX_AGE", "600")],
            Value::Null,
            [Some(600); 2],
        ),
        (
            "a short lifetime, remembered",
            &[("JWT_COOKIE_MAX_AGE", "600")],
            json!(true),
            REMEMBERED,
        ),
        (
            "a lifetime of nothing",
            &[("JWT_COOKIE_MAX_AGE", "0")],
            Value::Null,
            [Some(0); 2],
        ),
        (
            "no session cookies: as long as the refresh token",
            &[NOT_SESSION],
            Value::Null,
            AS_REFRESH_TOKEN,
        ),
        (
            "no session cookies, not remembered",
            &[NOT_SESSION],
            json!(false),
            SESSION,
        ),
    ];
    for (name, settings, remember_me, expected) in rows {
        let server = start(settings);
        let reply = log_in(&server, &remember_me);
        assert_eq!(reply.status, 200, "{name}: {reply:?}");
        let lines: Vec<&str> = reply.all("set-cookie").collect();
        assert_eq!(lines.len(), 4, "{name}: {lines:?}");
        let seen: Vec<Option<u32>> = lines.iter().map(|line| max_age(line)).collect();
        assert_eq!(
            seen,
            [expected[0], expected[0], expected[1], expected[1]],
            "{name}: {lines:?}"
        );
    }
}

#[test]
fn a_remembered_refresh_token_lives_as_long_as_its_cookie() {
    let server = start(&[("JWT_REFRESH_TOKEN_EXPIRES", "1d")]);
    for (remember_me, seconds) in [(json!(true), THIRTY_DAYS), (json!(false), 24 * 60 * 60)] {
        let mut jar = Jar::default();
        jar.store(&log_in(&server, &remember_me));
        let claims = peek(jar.get("refresh_token_cookie").unwrap());
        let lifetime = claims["exp"].as_u64().unwrap() - claims["iat"].as_u64().unwrap();
        assert_eq!(lifetime, u64::from(seconds), "remember_me: {remember_me}");
    }
}

#[test]
fn either_kind_logs_in() {
    let server = start(&[]);
    for remember_me in [Value::Null, json!(true), json!(false)] {
        let mut jar = Jar::default();
        jar.store(&log_in(&server, &remember_me));
        let protected = Request::new("GET", "/protected").header("cookie", jar.header());
        let reply = server.send(&protected);
        assert_eq!(
            reply.json(),
            json!({"message": "Access granted", "username": "user1"}),
            "{remember_me}"
        );
    }
}

#[test]
fn old_cookies_hinder_no_log_in() {
    let server = start(&[]);
    let form = json!({"username": "user1", "password": "password1"});
    let log_in = Request::new("POST", "/login").json(&form);
    let none = Jar::default();
    logs_in_with_old_cookies(&server, KEY.1, None, &log_in, &none, |_, jar| {
        let protected = Request::new("GET", "/protected").header("cookie", jar.header());
        server.send(&protected).status == 200
    });
}

#[test]
fn a_session_cookie_with_a_lifetime_is_refused_at_the_start() {
    let settings = [
        KEY,
        ("JWT_SESSION_COOKIE", "true"),
        ("JWT_COOKIE_MAX_AGE", "600"),
    ];
    let refusal = Server::start(PROGRAM, &[], &settings).unwrap_err();
    assert!(
        refusal.stderr.contains("JWT_SESSION_COOKIE"),
        "{}",
        refusal.stderr
    );
    assert!(
        refusal.stderr.contains("JWT_COOKIE_MAX_AGE"),
        "{}",
        refusal.stderr
    );
}

fn max_age(line: &str) -> Option<u32> {
    assert!(!line.contains("Expires"), "{line}");
    let value = line
        .split("; ")
        .find_map(|attribute| attribute.strip_prefix("Max-Age="))?;
    Some(value.parse().unwrap())
}

fn log_in(server: &Server, remember_me: &Value) -> Reply {
    let mut form = json!({"username": "user1", "password": "password1"});
    if !remember_me.is_null() {
        form["remember_me"] = remember_me.clone();
    }
    server.send(&Request::new("POST", "/login").json(&form))
}

const PROGRAM: &str = env!("CARGO_BIN_EXE_session-or-persistent");
const KEY: (&str, &str) = (
    "JWT_SECRET_KEY",
    "a secret of the tests, longer than thirty-two bytes",
);

fn start(settings: &[(&str, &str)]) -> Server {
    Server::start(PROGRAM, &[], &[&[KEY], settings].concat()).unwrap()
}
