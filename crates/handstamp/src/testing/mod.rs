//! The test kit: a browser for an application in this process, a clock that the test moves, a store
//! that fails on demand.
//!
//! Takes an [`Application`] and the name of its origin, and gives what a page of it would get. It
//! opens no socket, starts no server and names no framework: `handstamp_axum::testing` and
//! `handstamp_actix::testing` make a [`Browser`] of a router, and have the examples for their
//! handlers. Nothing here is compiled without the feature `testing`, which belongs into
//! `[dev-dependencies]`.
//!
//! What is wrong with a test panics, with what to do; what is wrong with a request is a
//! [`Response`].

#![expect(
    clippy::panic,
    reason = "a test that cannot go on says so by a panic; nothing here runs in production"
)]

mod application;
mod browser;
mod clock;
mod cors;
mod csrf;
mod failing_store;
#[cfg(test)]
mod helpers;
mod jar;
mod page;
mod request;
mod request_builder;
mod response;
mod site;

pub use application::Application;
pub use browser::{Browser, access_token_for};
pub use clock::TestClock;
pub use failing_store::FailingStore;
#[cfg(test)]
pub(crate) use helpers::*;
pub use page::Page;
pub use request::Request;
pub use request_builder::RequestBuilder;
pub use response::Response;
