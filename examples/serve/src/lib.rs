//! Serves the examples on axum with the limits of the binary `handstamp`: connections, idle ones,
//! heads that are sent by halves, bodies that hardly come, requests that take too long. A body may
//! take as long as 8 KiB of it come each second. `axum::serve` has none of these limits, and
//! some hundred idle connections use up all descriptors of a process.
//!
//! What it consists of is one file of the binary, to be copied with an example.

#[path = "../../../crates/handstamp-server/src/http/connections.rs"]
mod connections;

pub use connections::serve;
