//! The bugs that were found in AuthX 1.7.1, in the order in which they were found: each by its number, with what was sent
//! and what is right.
//!
//! The comment of a test tells what AuthX does. Numbers that are missing stand in `complete.rs`, each with its reason.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a failing test panics"
)]

mod app;
mod complete;
mod configuration;
mod cookies;
mod csrf;
mod errors;
mod implicit_refresh;
mod locations;
mod login_types;
mod renewed_tokens;
mod responses;
mod revocation;
mod socket;
mod tokens;
mod users;
