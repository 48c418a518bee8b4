//! WebSockets over real connections: who may open one, and when it ends. For adapters that have
//! them.
//!
//! A test of an adapter serves the small app below, written as one of its users would write it, and
//! gives [`run`] one async function that starts it on a free port of the loopback interface.
//!
//! # The app
//! Both routes ask for an access token of [`SocketApp::auth`], upgrade the connection, guard the
//! socket with the token, let it ask the store every [`SocketApp::interval`], and hand what
//! [`SocketApp::ended`] takes over when they are done.
//!
//! | route | does with its socket |
//! |---|---|
//! | `/echo` | sends back every message, until there is none |
//! | `/flood` | sends binary messages of 64 KiB as long as it can, and never receives; then a further message must fail |

mod ending;
mod opening;
mod peers;
mod service;

use std::net::SocketAddr;
use std::time::Duration;

use super::checks::Checks;
pub use service::SocketApp;

/// Runs every row. `serve` starts the app of this page, and gives the address where it listens.
/// Prints how many checks the adapter of this name passed: the number is the same for all adapters.
///
/// `patience` is how long the adapter keeps the connection of a peer that does not answer its Close
/// frame.
///
/// # Panics
/// When a row fails: with all that failed.
pub async fn run(adapter: &str, patience: Duration, serve: impl AsyncFn(SocketApp) -> SocketAddr) {
    let mut checks = Checks::default();
    opening::rows(&mut checks, &serve).await;
    ending::rows(&mut checks, &serve).await;
    peers::rows(&mut checks, patience, &serve).await;
    checks.finish(&format!("socket suite: {adapter}"));
}
