//! The types that every adapter has, written once: each macro makes those of one file of an
//! adapter, which passes the documentation with the examples of its framework.
//!
//! The macros name what they need as the adapter does, `handstamp::…` and the adapter's own types,
//! so this room imports nothing above it. A macro that is exported stands at the root of the crate;
//! it is hidden there, and public in [`adapter`](crate::adapter) by a shorter name.

mod auth;
mod bodies;
mod errors;
mod newtype;
mod sessions;
mod set_cookies;
mod tokens;
