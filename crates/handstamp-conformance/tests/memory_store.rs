//! Runs the cases for every store on the one in memory.

use std::sync::Arc;

use handstamp::clock::{Clock, UnixTime};
use handstamp::limit::MemoryLimits;
use handstamp::store::MemoryStore;
use handstamp::testing::TestClock;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn memory_store_passes_every_row() {
    let store = Arc::new(MemoryStore::new());
    handstamp_conformance::store::run(async || Arc::clone(&store)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn limits_in_memory_pass_every_case() {
    let store = Arc::new(MemoryLimits::new());
    handstamp_conformance::limits::run(async || Arc::clone(&store)).await;
}

#[tokio::test]
async fn a_clock_that_was_ahead_is_put_back() {
    let clock = TestClock::at(UnixTime::from_millis(1_800_000_000_123));
    let store = Arc::new(MemoryStore::with_clock(clock.clone()));
    handstamp_conformance::store::run_with_clock(store, async |span| {
        let millis = u64::try_from(span.as_millis()).unwrap_or_default();
        clock.set(UnixTime::from_millis(clock.now().as_millis() - millis));
    })
    .await;
}
