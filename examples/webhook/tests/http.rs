//! One route without CSRF, beside one with it.

#![expect(clippy::unwrap_used, reason = "a failing test panics")]

use handstamp_conformance::{Jar, Request, Server, logs_in_with_old_cookies};
use serde_json::json;

#[test]
fn the_webhook_needs_no_csrf_header_and_posts_do() {
    let server = start();
    let login = server.send(&Request::new("POST", "/login"));
    assert_eq!(login.status, 200);
    let mut jar = Jar::default();
    jar.store(&login);
    let cookie = |path| Request::new("POST", path).header("cookie", jar.header());
    let bearer = format!("Bearer {}", login.json()["access_token"].as_str().unwrap());
    let header = |path| Request::new("POST", path).header("authorization", &bearer);
    let csrf = jar.get("csrf_access_token").unwrap();

    for (name, request, status, code) in [
        (
            "the webhook by cookie, without CSRF header",
            cookie("/webhook"),
            200,
            "",
        ),
        ("the webhook by header", header("/webhook"), 200, ""),
        (
            "the webhook by cookie with a wrong CSRF header",
            cookie("/webhook").header("x-csrf-token", "wrong"),
            200,
            "",
        ),
        (
            "the webhook with nothing",
            Request::new("POST", "/webhook"),
            401,
            "missing_token",
        ),
        (
            "the webhook with a bad token",
            Request::new("POST", "/webhook").header("authorization", "Bearer x"),
            401,
            "invalid_token",
        ),
        (
            "posts by cookie, without CSRF header",
            cookie("/posts"),
            403,
            "missing_csrf_token",
        ),
        (
            "posts by cookie with a wrong CSRF header",
            cookie("/posts").header("x-csrf-token", "wrong"),
            403,
            "csrf_mismatch",
        ),
        (
            "posts by cookie with its CSRF header",
            cookie("/posts").header("x-csrf-token", csrf),
            200,
            "",
        ),
        (
            "posts by header: no browser sends that unasked",
            header("/posts"),
            200,
            "",
        ),
        (
            "posts with nothing",
            Request::new("POST", "/posts"),
            401,
            "missing_token",
        ),
    ] {
        let reply = server.send(&request);
        assert_eq!(reply.status, status, "{name}: {reply:?}");
        if status == 200 {
            let message = if name.starts_with("posts") {
                "Post created"
            } else {
                "Webhook processed"
            };
            assert_eq!(reply.json()["message"], message, "{name}");
        } else {
            assert_eq!(reply.json()["code"], json!(code), "{name}");
        }
    }
}

#[test]
fn old_cookies_hinder_no_log_in() {
    let server = start();
    let log_in = Request::new("POST", "/login");
    let none = Jar::default();
    logs_in_with_old_cookies(&server, SECRET, None, &log_in, &none, |_, jar| {
        let post = Request::new("POST", "/posts")
            .header("cookie", jar.header())
            .header("x-csrf-token", jar.get("csrf_access_token").unwrap());
        server.send(&post).status == 200
    });
}

fn start() -> Server {
    let settings = [("JWT_SECRET_KEY", SECRET)];
    Server::start(env!("CARGO_BIN_EXE_webhook"), &[], &settings).unwrap()
}

const SECRET: &str = "a secret of the tests, longer than thirty-two bytes";
