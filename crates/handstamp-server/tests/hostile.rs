//! No hostile request gets a 5xx, ends the process, or keeps other requests from being answered.

#![expect(clippy::unwrap_used, reason = "a failing test panics")]

use handstamp_conformance::services::{Postgres, Redis};
use handstamp_conformance::{endures_hostile_requests, endures_mutated_requests};

use crate::service::Service;

const SECRET: &str = "a secret of the tests, longer than thirty-two bytes";

#[test]
fn hostile_requests_are_refused() {
    endures_hostile_requests(&mut start(), SECRET);
}

#[test]
fn mutated_requests_are_refused() {
    endures_mutated_requests(&mut start(), SECRET);
}

#[test]
fn with_postgres_too() {
    let database = Postgres::start();
    let mut server = start_with(&["--database", &database.url()]);
    endures_hostile_requests(&mut server, SECRET);
    endures_mutated_requests(&mut server, SECRET);
}

#[test]
fn with_redis_too() {
    let redis = Redis::start();
    let mut server = start_with(&["--redis", &redis.url()]);
    endures_hostile_requests(&mut server, SECRET);
    endures_mutated_requests(&mut server, SECRET);
}

fn start() -> Service {
    start_with(&[])
}

fn start_with(arguments: &[&str]) -> Service {
    let settings = [
        ("JWT_SECRET_KEY", SECRET),
        ("JWT_TOKEN_LOCATION", "cookies,headers,query"),
    ];
    Service::start(arguments, &settings).unwrap()
}
