//! The tests of the program, in one binary: each binary would be linked with all that they use.

mod accounts;
mod alerts;
mod audit;
mod bodies;
mod clients;
mod codes;
mod commands;
mod config_check;
mod connections;
mod database;
mod demo;
mod demo_page;
mod demo_users;
mod full_disk;
mod headers;
mod hostile;
mod in_use;
mod limits;
mod log;
mod lost_database;
mod memory;
mod messages;
mod metrics;
mod nodes;
mod otlp;
mod outage;
mod password;
mod rate_limits;
mod remove;
mod secret;
mod service;
mod sessions;
mod start;
mod stop;

#[test]
fn every_file_is_run() {
    handstamp_conformance::every_test_file_is_run(env!("CARGO_MANIFEST_DIR"));
}
