//! What the binary refuses by itself has a code, and says what `codes.json` says.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a failing test panics"
)]

use handstamp_conformance::{Reply, Request};
use serde_json::{Value, json};

use crate::service::{Browser, Service};

const PASSWORD: &str = "correct horse";

#[test]
fn each_refusal_is_as_listed() {
    let server = Service::start(&[], &[]).unwrap();
    let demo = Browser::logged_in(&server, "user1", "password1");
    let in_demo = [
        (
            "a path without a route",
            Request::new("GET", "/nothing"),
            "not_found",
        ),
        (
            "a method that the path has not",
            Request::new("PUT", "/protected"),
            "method_not_allowed",
        ),
        (
            "a wrong password",
            Request::new("POST", "/login").json(&json!({"username": "user1", "password": "x"})),
            "invalid_credentials",
        ),
        (
            "a body of another media type",
            Request::new("POST", "/login")
                .header("content-type", "text/plain")
                .body("x"),
            "unsupported_media_type",
        ),
        (
            "a body without a password",
            Request::new("POST", "/login").json(&json!({"username": "user1"})),
            "invalid_body",
        ),
        (
            "a body that is too large",
            Request::new("POST", "/login").json(&json!({"username": "x".repeat(70_000)})),
            "body_too_large",
        ),
        (
            "a body that is broken",
            Request::new("POST", "/login")
                .header("content-type", "application/json")
                .body("{"),
            "malformed_body",
        ),
        (
            "another password for a demo user",
            change(&demo, "password1", "battery staple"),
            "demo_user",
        ),
        (
            "a session that does not exist",
            demo.request("DELETE", "/sessions/none"),
            "no_such_session",
        ),
    ];
    for (sentence, request, code) in in_demo {
        is_as_listed(sentence, &server.send(&request), code);
    }

    let server = Service::start(&[], &[]).unwrap();
    server.home().add_user("alice", PASSWORD);
    let alice = Browser::logged_in(&server, "alice", PASSWORD);
    for (sentence, request, code) in [
        (
            "a wrong current password",
            change(&alice, "x", "battery staple"),
            "wrong_password",
        ),
        (
            "the same password again",
            change(&alice, PASSWORD, PASSWORD),
            "password_not_new",
        ),
    ] {
        is_as_listed(sentence, &server.send(&request), code);
    }
}

fn change(browser: &Browser, current: &str, new: &str) -> Request {
    browser
        .request("POST", "/password")
        .json(&json!({"current": current, "new": new}))
}

/// Those that name what was wrong with a body say it in words of the parser.
const WORDED_BY_REQUEST: [&str; 2] = ["malformed_body", "invalid_body"];

fn is_as_listed(sentence: &str, reply: &Reply, code: &str) {
    let list: Value = serde_json::from_str(include_str!("../../handstamp/codes.json")).unwrap();
    let entries = list["codes"].as_array().unwrap();
    let entry = entries.iter().find(|entry| entry["code"] == code).unwrap();
    let body = reply.json();
    assert_eq!(body["code"], code, "{sentence}: {reply:?}");
    assert_eq!(
        Value::from(reply.status),
        entry["standard"],
        "{sentence}: {reply:?}"
    );
    assert_eq!(body["error_type"], entry["error_type"], "{sentence}");
    if !WORDED_BY_REQUEST.contains(&code) {
        assert_eq!(body["message"], entry["message"], "{sentence}");
    }
    let media_type = reply.header("content-type");
    assert_eq!(media_type, Some("application/problem+json"), "{sentence}");
    assert_eq!(
        reply.header("cache-control"),
        Some("no-store"),
        "{sentence}"
    );
}
