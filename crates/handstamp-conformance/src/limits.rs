//! The cases that every [`LimitStore`] must pass.
//!
//! A new store passes [`run`] an async function that connects to it. It is called for several nodes
//! of one application: a store with connections opens new ones each time, to the same data.

#![expect(
    clippy::indexing_slicing,
    reason = "a case that panics is reported as failed"
)]

use std::sync::Arc;
use std::time::Duration;

use handstamp::limit::{Bucket, Charged, LimitStore, Quota};
use handstamp::random::{RandomSource as _, SystemRandom};
use tokio::time::sleep;

/// Runs every case.
///
/// # Panics
/// When a case fails.
pub async fn run<S: LimitStore>(connect: impl AsyncFn() -> S) {
    let nodes = [Arc::new(connect().await), Arc::new(connect().await)];
    one_bucket(&nodes).await;
    several_buckets(&nodes).await;
    refilling(&nodes).await;
    purging(&nodes).await;
    at_once(&nodes).await;
    several_at_once(&nodes).await;
}

type Nodes<S> = [Arc<S>; 2];

async fn charge<S: LimitStore>(node: &Arc<S>, buckets: &[Bucket]) -> Charged {
    node.charge(buckets).await.expect("the store answers")
}

/// A key of its own for each case, so that a store may be full of others.
fn key(name: &str) -> String {
    let mut bytes = [0; 8];
    SystemRandom::default()
        .fill(&mut bytes)
        .expect("there are random bytes");
    format!("{name}-{:016x}", u64::from_be_bytes(bytes))
}

async fn one_bucket<S: LimitStore>([one, other]: &Nodes<S>) {
    let bucket = [Bucket::new(key("one"), Quota::per_hour(3))];
    let interval = bucket[0].quota.interval();
    for (row, node, used) in [
        ("the first request", one, 1),
        ("the second, at another node", other, 2),
        ("the last", one, 3),
    ] {
        let charged = charge(node, &bucket).await;
        assert!(charged.is_charged, "{row}: {charged:?}");
        let ahead = charged.full_at[0] - charged.now;
        let most = used * interval;
        assert!(
            ahead <= most && ahead + 60_000_000 > most,
            "{row}: {charged:?}"
        );
    }
    let before = charge(other, &bucket).await;
    assert!(!before.is_charged, "one too many: {before:?}");
    let again = charge(one, &bucket).await;
    assert!(!again.is_charged, "again: {again:?}");
    assert_eq!(
        before.full_at, again.full_at,
        "a denied request is charged nowhere"
    );
    let bucket = [Bucket::new(key("one"), Quota::per_hour(3))];
    assert!(charge(one, &bucket).await.is_charged, "another key");
}

async fn several_buckets<S: LimitStore>([one, other]: &Nodes<S>) {
    let wide = Bucket::new(key("wide"), Quota::per_hour(5));
    let narrow = |name| Bucket::new(key(name), Quota::per_hour(1));
    let first = [narrow("a"), wide.clone()];
    let charged = charge(one, &first).await;
    assert!(
        charged.is_charged && charged.full_at.len() == 2,
        "{charged:?}"
    );
    let denied = charge(other, &first).await;
    assert!(!denied.is_charged, "the narrow one is empty");
    assert_eq!(
        denied.full_at[1], charged.full_at[1],
        "the wide one was not charged"
    );
    // In another order, and with others.
    for name in ["b", "c", "d", "e"] {
        let charged = charge(other, &[wide.clone(), narrow(name)]).await;
        assert!(charged.is_charged, "{name}");
    }
    let last = narrow("f");
    let denied = charge(one, &[last.clone(), wide]).await;
    assert!(!denied.is_charged, "the wide one is empty");
    assert!(
        charge(one, &[last]).await.is_charged,
        "the narrow one was not charged"
    );
}

async fn refilling<S: LimitStore>([one, other]: &Nodes<S>) {
    let bucket = [Bucket::new(
        key("short"),
        Quota::new(1, Duration::from_millis(300)),
    )];
    assert!(charge(one, &bucket).await.is_charged);
    let denied = charge(other, &bucket).await;
    if let (false, [full_at]) = (denied.is_charged, &denied.full_at[..]) {
        sleep(Duration::from_micros(full_at - denied.now)).await;
    }
    sleep(Duration::from_millis(20)).await;
    assert!(charge(other, &bucket).await.is_charged, "after the wait");
}

async fn purging<S: LimitStore>([one, other]: &Nodes<S>) {
    let long = [Bucket::new(key("long"), Quota::per_hour(1))];
    let short = [Bucket::new(
        key("gone"),
        Quota::new(1, Duration::from_millis(1)),
    )];
    assert!(charge(one, &long).await.is_charged);
    assert!(charge(one, &short).await.is_charged);
    sleep(Duration::from_millis(20)).await;
    other.purge_limits().await.expect("the store answers");
    assert!(
        !charge(other, &long).await.is_charged,
        "what is not full stays"
    );
    assert!(
        charge(other, &short).await.is_charged,
        "what is full may go"
    );
}

async fn at_once<S: LimitStore>(nodes: &Nodes<S>) {
    let bucket = Bucket::new(key("crowd"), Quota::per_hour(50));
    assert_eq!(
        passed(nodes, 400, |_| vec![bucket.clone()]).await,
        50,
        "exactly the quota"
    );
}

async fn several_at_once<S: LimitStore>(nodes: &Nodes<S>) {
    let shared = Bucket::new(key("all"), Quota::per_hour(60));
    let own: Vec<Bucket> = (0..4)
        .map(|_| Bucket::new(key("own"), Quota::per_hour(20)))
        .collect();
    // Half of the callers name them in the other order: none waits for another for ever.
    let buckets = |n: usize| {
        let mut buckets = vec![shared.clone(), own[n % 4].clone()];
        if n % 8 < 4 {
            buckets.reverse();
        }
        buckets
    };
    assert_eq!(
        passed(nodes, 400, buckets).await,
        60,
        "exactly the common quota"
    );
}

/// Sends so many requests at once, and returns how many passed.
async fn passed<S: LimitStore>(
    nodes: &Nodes<S>,
    requests: usize,
    buckets: impl Fn(usize) -> Vec<Bucket>,
) -> usize {
    let tasks: Vec<_> = (0..requests)
        .map(|n| {
            let (node, buckets) = (Arc::clone(&nodes[n % 2]), buckets(n));
            tokio::spawn(async move { charge(&node, &buckets).await.is_charged })
        })
        .collect();
    let mut passed = 0;
    for task in tasks {
        passed += usize::from(task.await.expect("no request panics"));
    }
    passed
}
