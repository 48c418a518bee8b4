//! The rows that every store must pass: handstamp's own, and yours.
//!
//! Whoever writes a [`Store`] gives [`run`] an async function that connects to it, here to the one in memory:
//!
//! ```
//! use std::sync::Arc;
//!
//! use handstamp::store::MemoryStore;
//!
//! #[tokio::main]
//! async fn main() {
//!     let store = Arc::new(MemoryStore::new());
//!     handstamp_conformance::store::run(async || Arc::clone(&store)).await;
//! }
//! ```
//!
//! The function is called twice, for two nodes of one application: a store with connections makes new ones each time, to
//! the same data. The verbs of a row go to the two in turn, so what one node wrote the other must know.
//!
//! Before your store is called done:
//!
//! * Run the rows on tokio's runtime of several threads, as above. On one thread nothing races.
//! * Start from an empty database, and once more from the full one that a run leaves behind. Rows use users of their own and
//!   clean nothing up.
//! * Run them a hundred times. No row depends on how fast the machine is: what must have passed has passed by a few
//!   milliseconds, what must not pass lasts an hour. One failure in a hundred is a race in the store.
//! * Write rows of your own for what these cannot see: that a store which is down answers with an error, that nothing is
//!   lost when the database restarts, and that the space of what is over is given back.
//!
//! # What the rows ask
//! Each verb does what [`Store`] says of it, each outcome of a refresh is that of [`rotation`](handstamp::store::rotation),
//! and nothing else is written: rows compare whole sessions, before and after. Beside them [`Store::purge`] runs over and
//! over, which must never change an answer. Then races: many nodes with one token, and log-outs against refreshes.
//!
//! They ask no more than that. A session that has ended may be forgotten once [`NewSession::keep_until`] has passed, so
//! a row that looks at an ended session has it kept. No row asks how many entries a purge removed.
//!
//! [`NewSession::keep_until`]: handstamp::store::NewSession::keep_until

#![expect(
    clippy::indexing_slicing,
    reason = "a row that fails in its own table panics, and is told as failed"
)]

mod acknowledge;
mod active;
mod admit;
mod create;
mod keys;
mod list;
mod login;
mod not_before;
mod purge;
mod races;
mod recover;
mod refused;
mod revoke_session;
mod revoke_token;
mod revoke_user;
mod rotate;
mod row;
mod session;
mod suite;

use std::sync::Arc;

use handstamp::store::Store;
use suite::Suite;

/// Runs every row. `connect` gives a node of its own each time, on the same data.
///
/// Prints how many checks there were. Takes seconds, most of them in a database.
///
/// # Panics
/// When a row fails: with all that failed.
pub async fn run<S: Store>(connect: impl AsyncFn() -> Arc<S>) {
    let mut suite = Suite::new([connect().await, connect().await]);
    create::rows(&mut suite);
    keys::rows(&mut suite);
    rotate::rows(&mut suite);
    acknowledge::rows(&mut suite);
    recover::rows(&mut suite);
    refused::rows(&mut suite);
    admit::rows(&mut suite);
    active::rows(&mut suite);
    not_before::rows(&mut suite);
    revoke_session::rows(&mut suite);
    revoke_user::rows(&mut suite);
    revoke_token::rows(&mut suite);
    session::rows(&mut suite);
    list::rows(&mut suite);
    purge::rows(&mut suite);
    suite.settle().await;
    races::rows(&mut suite).await;
    suite.finish().await;
}
