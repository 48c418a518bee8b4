//! The tests of the example, in one binary: each binary would be linked with all that they use.

mod clients;
mod hostile;
mod idle;
mod old_cookies;
mod replay;
mod start;

#[test]
fn every_file_is_run() {
    handstamp_conformance::every_test_file_is_run(env!("CARGO_MANIFEST_DIR"));
}
