//! Tests of the store against real servers.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a failing test panics"
)]

#[cfg(feature = "cluster")]
mod cluster;
mod life;
mod outages;
mod races;
mod scene;
mod servers;
mod suite;
mod traces;
