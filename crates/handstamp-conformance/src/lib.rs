//! What the tests of handstamp's adapters, stores, examples and server share.
//!
//! For tests only: every failure panics with a description.

#![expect(
    clippy::panic,
    clippy::expect_used,
    clippy::missing_panics_doc,
    reason = "a failing test panics"
)]

pub mod adapter;
pub mod browser;
mod clients;
mod forge;
mod fuzz;
mod hostile;
mod http;
mod idle;
pub mod limits;
mod old_cookies;
mod replay;
mod server;
pub mod services;
pub mod store;
mod test_files;

pub use clients::{LogOut, answers_recorded_clients, recordings};
pub use forge::{Signature, forge, peek};
pub use fuzz::endures_mutated_requests;
pub use hostile::endures_hostile_requests;
pub use http::{Jar, Reply, Request};
pub use idle::outlasts_idle_connections;
pub use old_cookies::logs_in_with_old_cookies;
pub use replay::answers_as_recorded;
pub use server::{Refusal, Server};
pub use test_files::every_test_file_is_run;
