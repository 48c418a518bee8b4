//! The API on axum.

#![expect(clippy::unwrap_used, reason = "a failing test panics")]

mod rows;

use handstamp_conformance::Server;
use rows::{PAGE, cors, log_in};
use serde_json::json;

#[test]
fn an_outage_says_when_to_come_back_and_the_page_can_read_it() {
    let server = start(&[("REDIS_URL", "redis://127.0.0.1:1")]);
    let reply = server.send(&log_in("password1"));
    assert_eq!(
        (reply.status, &reply.json()["code"]),
        (503, &json!("store_unavailable"))
    );
    assert_eq!(reply.header("retry-after"), Some("1"));
    assert_eq!(cors(&reply), Some([PAGE, "true", "retry-after"]));
}

/// The status for a body that is no JSON.
const UNREADABLE: u16 = 415;

fn start(settings: &[(&str, &str)]) -> Server {
    let mut all = vec![
        (
            "JWT_SECRET_KEY",
            "a secret of the tests, longer than thirty-two bytes",
        ),
        ("API_ORIGIN", "https://api.example.com"),
        ("PAGE_ORIGIN", PAGE),
        ("PAGE_PORT", "0"),
        ("HANDSTAMP_COOKIE_SUFFIX", ""),
        ("JWT_COOKIE_SECURE", "true"),
    ];
    all.extend_from_slice(settings);
    Server::start(env!("CARGO_BIN_EXE_cross-origin"), &[], &all).unwrap()
}
