//! The example as a process, judged by its own description. `actix-openapi` has the same tests.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a failing test panics"
)]

mod described;

const PROGRAM: &str = env!("CARGO_BIN_EXE_openapi");

#[test]
fn the_description_is_the_committed_one() {
    described::document::is_the_committed_one(PROGRAM);
}

#[test]
fn what_is_described_is_demanded() {
    described::judge("axum", PROGRAM);
}

#[test]
fn what_no_route_takes_is_refused_by_problem_documents() {
    described::refusals::of_no_route(PROGRAM);
}

#[test]
fn the_pages_load_nothing_from_elsewhere() {
    described::pages::load_nothing_from_elsewhere(PROGRAM);
}
