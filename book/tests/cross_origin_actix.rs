//! The API of another origin on actix-web, by the rows of the example `cross-origin`.

#![expect(clippy::unwrap_used, reason = "a failing test panics")]

#[path = "../../examples/cross-origin/tests/rows/mod.rs"]
mod rows;

use handstamp_conformance::Server;
use rows::PAGE;

/// The status for a body that is no JSON.
const UNREADABLE: u16 = 400;

fn start(settings: &[(&str, &str)]) -> Server {
    let secret = "a secret of the tests, longer than thirty-two bytes";
    let mut all = vec![
        ("JWT_SECRET_KEY", secret),
        ("API_ORIGIN", "https://api.example.com"),
        ("PAGE_ORIGIN", PAGE),
        ("JWT_COOKIE_SECURE", "true"),
    ];
    all.extend_from_slice(settings);
    Server::start(env!("CARGO_BIN_EXE_cross_origin_actix"), &[], &all).unwrap()
}
