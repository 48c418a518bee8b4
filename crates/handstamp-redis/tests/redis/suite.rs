//! The cases for every store, on an empty server and again on the full one that they leave behind.

use handstamp_conformance::services::Redis;

use crate::scene::store;

#[tokio::test(flavor = "multi_thread")]
async fn the_store_passes_every_case() {
    let server = Redis::start();
    for _ in 0..2 {
        handstamp_conformance::store::run(async || store(&server)).await;
        handstamp_conformance::limits::run(async || store(&server)).await;
    }
}
