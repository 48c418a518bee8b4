//! What the tests of handstamp's adapters, examples and binary share.
//!
//! For tests only: whatever goes wrong here panics and says what it was.

#![expect(
    clippy::panic,
    clippy::expect_used,
    clippy::missing_panics_doc,
    reason = "a failing test panics"
)]

pub mod adapter;
mod http;
mod server;

pub use http::{Jar, Reply, Request};
pub use server::{Refusal, Server};
