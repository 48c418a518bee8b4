//! The types that every adapter has, written once: each macro makes those of one file of an
//! adapter, which passes the documentation with the examples of its framework.
//!
//! The macros name what they need as the adapter does, `handstamp::…` and the adapter's own types,
//! so this room imports nothing above it. Rust puts an exported macro at the root of the crate,
//! where it is hidden; `adapter` re-exports it by a shorter name.

mod auth;
mod bodies;
#[cfg(feature = "utoipa")]
mod described;
mod errors;
mod newtype;
mod routes;
mod sessions;
mod set_cookies;
mod tokens;
