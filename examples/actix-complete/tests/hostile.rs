//! No request of any kind gets a 5xx, ends the process, or keeps others from being answered.

#![expect(clippy::unwrap_used, reason = "a failing test panics")]

use handstamp_conformance::{Server, endures_hostile_requests, endures_mutated_requests};

const SECRET: &str = "a secret of the tests, longer than thirty-two bytes";

#[test]
fn hostile_requests_are_refused() {
    endures_hostile_requests(&mut start(), SECRET);
}

#[test]
fn mutated_requests_are_refused() {
    endures_mutated_requests(&mut start(), SECRET);
}

fn start() -> Server {
    let settings = [
        ("JWT_SECRET_KEY", SECRET),
        ("JWT_TOKEN_LOCATION", "cookies,headers,query"),
    ];
    Server::start(env!("CARGO_BIN_EXE_actix-complete"), &[], &settings).unwrap()
}
