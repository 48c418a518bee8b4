//! Runs the cases for every store on the one in memory.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use handstamp::clock::{Clock, UnixTime};
use handstamp::store::MemoryStore;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn memory_store_passes_every_row() {
    let store = Arc::new(MemoryStore::new());
    handstamp_conformance::store::run(async || Arc::clone(&store)).await;
}

#[derive(Debug, Clone)]
struct ManualClock(Arc<AtomicU64>);

impl Clock for ManualClock {
    fn now(&self) -> UnixTime {
        UnixTime::from_millis(self.0.load(Ordering::Relaxed))
    }
}

#[tokio::test]
async fn a_clock_that_was_ahead_is_put_back() {
    let clock = ManualClock(Arc::new(AtomicU64::new(1_800_000_000_123)));
    let store = Arc::new(MemoryStore::with_clock(clock.clone()));
    handstamp_conformance::store::run_with_clock(store, async |span| {
        let millis = u64::try_from(span.as_millis()).unwrap_or_default();
        clock.0.fetch_sub(millis, Ordering::Relaxed);
    })
    .await;
}
