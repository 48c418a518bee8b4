//! Runs the cases for every store on the one in memory.

use std::sync::Arc;

use handstamp::store::MemoryStore;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn memory_store_passes_every_row() {
    let store = Arc::new(MemoryStore::new());
    handstamp_conformance::store::run(async || Arc::clone(&store)).await;
}
