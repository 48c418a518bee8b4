//! WebSockets over real connections: who may open one, and when it ends.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::too_many_lines,
    clippy::type_complexity,
    reason = "a failing test panics; tables are long and their rows are tuples"
)]

mod ending;
mod opening;
mod service;
