//! The cases that every [`Store`] must pass: those of handstamp and any other.
//!
//! A new store passes [`run`] an async function that connects to it, here to the store in memory:
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
//! The function is called twice, for two nodes of one application: a store with connections opens
//! new ones each time, to the same data. The calls of a case go to both in turn, so that each node
//! must see what the other has written.
//!
//! Before a store is released:
//!
//! * Run the cases on tokio's multi-threaded runtime, as above. On one thread there are no races.
//! * Start from an empty database, and once more from the full one that a run leaves behind. Cases
//!   use accounts of their own and clean nothing up.
//! * Run them a hundred times. No case depends on the speed of the machine: what must have passed
//!   has passed by a few milliseconds, what must not pass lasts an hour. One failure in a hundred
//!   is a race in the store.
//! * Write further tests for what these cannot show: that a store returns an error while it is
//!   down, that nothing is lost when the database restarts, and that the space of removed entries
//!   is freed.
//!
//! # What the cases require
//! Each method does what [`Store`] documents, each outcome of a refresh is that of
//! [`rotation`](handstamp::store::rotation), and nothing else is written: cases compare whole
//! sessions, before and after. [`Store::purge`] runs all the time, and must never change an answer.
//! Races follow: many nodes with one token, and log-outs against refreshes.
//!
//! They require no more than that. An ended session may be removed once [`NewSession::keep_until`]
//! has passed, so a case that reads an ended session keeps it for longer. No case requires how many
//! entries a purge removes.
//!
//! [`NewSession::keep_until`]: handstamp::store::NewSession::keep_until

#![expect(
    clippy::indexing_slicing,
    reason = "a case that panics is reported as failed"
)]

mod acknowledge;
mod active;
mod admit;
mod create;
mod keys;
mod late;
mod limit;
mod list;
mod login;
mod many;
mod not_before;
mod purge;
mod put_back;
mod races;
mod recover;
mod redeem;
mod refused;
mod revoke_session;
mod revoke_token;
mod revoke_user;
mod rotate;
mod row;
mod session;
mod suite;
mod update_session;

use std::sync::Arc;
use std::time::Duration;

use handstamp::store::Store;
use row::Row;
use suite::Suite;

/// Runs every case. `connect` returns a new node each time, on the same data.
///
/// Prints the number of checks. Takes seconds, most of them in a database.
///
/// # Panics
/// Panics when a case fails, with all failures.
pub async fn run<S: Store>(connect: impl AsyncFn() -> Arc<S>) {
    let mut suite = Suite::new([connect().await, connect().await]);
    create::rows(&mut suite);
    keys::rows(&mut suite);
    rotate::rows(&mut suite);
    late::rows(&mut suite);
    acknowledge::rows(&mut suite);
    recover::rows(&mut suite);
    refused::rows(&mut suite);
    admit::rows(&mut suite);
    active::rows(&mut suite);
    not_before::rows(&mut suite);
    revoke_session::rows(&mut suite);
    revoke_user::rows(&mut suite);
    revoke_token::rows(&mut suite);
    redeem::rows(&mut suite);
    session::rows(&mut suite);
    update_session::rows(&mut suite);
    list::rows(&mut suite);
    limit::rows(&mut suite);
    purge::rows(&mut suite);
    suite.settle().await;
    many::rows(&mut suite).await;
    races::rows(&mut suite).await;
    redeem::races(&mut suite).await;
    suite.finish().await;
}

/// Runs the cases of a clock that is put back, one after the other. `put_back` moves the clock of
/// the store back by that long or, which is the same, every instant that it has written forward.
///
/// ```
/// use std::sync::Arc;
///
/// use handstamp::clock::{Clock as _, UnixTime};
/// use handstamp::store::MemoryStore;
/// use handstamp::testing::TestClock;
///
/// #[tokio::main]
/// async fn main() {
///     let clock = TestClock::at(UnixTime::from_secs(1_800_000_000));
///     let store = Arc::new(MemoryStore::with_clock(clock.clone()));
///     handstamp_conformance::store::run_with_clock(store, async |span| {
///         let seconds = clock.now().as_secs() - span.as_secs();
///         clock.set(UnixTime::from_secs(seconds));
///     })
///     .await;
/// }
/// ```
///
/// # Panics
/// Panics when a case fails, with all failures.
pub async fn run_with_clock<S: Store>(store: Arc<S>, put_back: impl AsyncFn(Duration)) {
    for ahead in [20, 60, 3_600, 5 * 3_600, 40 * 86_400] {
        let row = Row::new([Arc::clone(&store) as Arc<dyn Store>, store.clone()]);
        let outcome = put_back::after(&row, Duration::from_secs(ahead), &put_back).await;
        let (passed, mut failures) = row.take_checks();
        failures.extend(outcome.err().map(|failure| failure.0));
        assert!(
            failures.is_empty(),
            "the clock was {ahead} s ahead: {passed} checks passed, {} failed:\n{}",
            failures.len(),
            failures.join("\n")
        );
    }
}
