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
    keys_of_an_application(&nodes).await;
    looking(&nodes).await;
    refilling(&nodes).await;
    a_clock_that_was_ahead(&nodes).await;
    giving_back(&nodes).await;
    giving_back_several(&nodes).await;
    purging(&nodes).await;
    at_once(&nodes).await;
    several_at_once(&nodes).await;
    giving_back_at_once(&nodes).await;
}

type Nodes<S> = [Arc<S>; 2];

async fn charge<S: LimitStore>(node: &Arc<S>, buckets: &[Bucket]) -> Charged {
    node.charge(buckets).await.expect("the store answers")
}

async fn refund<S: LimitStore>(node: &Arc<S>, buckets: &[Bucket]) {
    node.refund(buckets).await.expect("the store answers");
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

async fn keys_of_an_application<S: LimitStore>([one, other]: &Nodes<S>) {
    let own = key("own");
    let buckets = [
        "account 6a/::1",
        "\"],[\"",
        "\\\"",
        "'; --",
        "{tag}",
        "\u{e9}\u{1f510}",
        &"x".repeat(150),
    ]
    .map(|name| Bucket::new(format!("{own} {name}"), Quota::per_hour(2)));
    for round in ["first", "second"] {
        let charged = charge(one, &buckets).await;
        assert!(charged.is_charged, "the {round}: {charged:?}");
        assert_eq!(charged.full_at.len(), buckets.len(), "the {round}");
    }
    for bucket in &buckets {
        let bucket = std::slice::from_ref(bucket);
        let name = &bucket[0].key;
        assert!(!charge(other, bucket).await.is_charged, "{name}");
        refund(other, bucket).await;
        assert!(charge(one, bucket).await.is_charged, "{name}: given back");
        assert!(!charge(one, bucket).await.is_charged, "{name}: once");
    }
}

async fn looking<S: LimitStore>([one, other]: &Nodes<S>) {
    let bucket = Bucket::new(key("seen"), Quota::per_hour(2));
    let closed = Bucket::new(key("closed"), Quota::new(0, Duration::from_secs(1)));
    let look = [bucket.clone(), closed];
    for (row, node, has_room) in [
        ("a full bucket", one, true),
        ("one that holds one", other, true),
        ("an empty one", one, false),
    ] {
        for _ in 0..5 {
            let seen = charge(node, &look).await;
            assert!(!seen.is_charged, "{row}: {seen:?}");
            let wait = seen.wait(&look[..1]);
            assert_eq!(wait.is_zero(), has_room, "{row}: {seen:?}");
        }
        let charged = charge(node, &look[..1]).await;
        assert_eq!(charged.is_charged, has_room, "{row}: {charged:?}");
    }
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

/// The store's clock cannot be set: a charge by a longer quota stands for one that was made while
/// it was ahead.
async fn a_clock_that_was_ahead<S: LimitStore>([one, other]: &Nodes<S>) {
    let quota = Quota::per_hour(3);
    let ahead = |hours: u64, minutes: u64| Duration::from_secs(hours * 3600 + minutes * 60 - 10);
    for (row, window, holds_one) in [
        ("by less than the skew", ahead(1, 1), false),
        ("by a day", ahead(25, 0), true),
    ] {
        let name = key("ahead");
        let long = [Bucket::new(name.clone(), Quota::new(1, window))];
        let bucket = [Bucket::new(name, quota)];
        assert!(charge(one, &long).await.is_charged, "{row}");
        let charged = charge(other, &bucket).await;
        assert_eq!(charged.is_charged, holds_one, "{row}: {charged:?}");
        if holds_one {
            let empty = charged.now + quota.capacity();
            assert_eq!(charged.full_at, [empty], "{row}: it is empty");
            let denied = charge(one, &bucket).await;
            assert!(!denied.is_charged, "{row}: once: {denied:?}");
            assert!(denied.wait(&bucket) <= Duration::from_secs(1200), "{row}");
        }
    }
}

async fn giving_back<S: LimitStore>([one, other]: &Nodes<S>) {
    let bucket = [Bucket::new(key("back"), Quota::per_hour(3))];
    refund(one, &bucket).await;
    for n in 1..=3 {
        assert!(charge(one, &bucket).await.is_charged, "{n}");
    }
    let before = charge(other, &bucket).await;
    assert!(!before.is_charged, "none was given to a full bucket");
    refund(other, &bucket).await;
    let charged = charge(one, &bucket).await;
    assert!(charged.is_charged, "one was given back: {charged:?}");
    let after = charge(other, &bucket).await;
    assert!(!after.is_charged, "one alone: {after:?}");
    assert_eq!(after.full_at, before.full_at, "and it was the same");
    // More often than it was charged.
    for _ in 0..5 {
        refund(one, &bucket).await;
    }
    let mut passed = 0;
    while charge(other, &bucket).await.is_charged {
        passed += 1;
    }
    assert_eq!(passed, 3, "never more than full");
}

async fn giving_back_several<S: LimitStore>([one, other]: &Nodes<S>) {
    let buckets = ["a", "b", "c"].map(|name| Bucket::new(key(name), Quota::per_hour(1)));
    assert!(charge(one, &buckets).await.is_charged);
    // In another order, and with one that was never charged.
    let back = [
        buckets[2].clone(),
        Bucket::new(key("d"), Quota::per_hour(1)),
        buckets[0].clone(),
    ];
    refund(other, &back).await;
    for (bucket, is_back) in buckets.iter().zip([true, false, true]) {
        let charged = charge(one, std::slice::from_ref(bucket)).await;
        assert_eq!(charged.is_charged, is_back, "{charged:?}");
    }
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

/// Each of many callers takes a request and gives it back, but for some who keep theirs.
async fn giving_back_at_once<S: LimitStore>(nodes: &Nodes<S>) {
    let buckets = ["one", "other"].map(|name| Bucket::new(key(name), Quota::per_hour(50)));
    let tasks: Vec<_> = (0..400)
        .map(|n| {
            let (node, mut buckets) = (Arc::clone(&nodes[n % 2]), buckets.clone());
            // None of two waits for the other for ever.
            if n % 4 < 2 {
                buckets.reverse();
            }
            tokio::spawn(async move {
                let is_kept = n % 10 == 0 && charge(&node, &buckets).await.is_charged;
                if !is_kept && charge(&node, &buckets).await.is_charged {
                    buckets.reverse();
                    refund(&node, &buckets).await;
                }
                is_kept
            })
        })
        .collect();
    let mut kept = 0;
    for task in tasks {
        kept += usize::from(task.await.expect("no request panics"));
    }
    for bucket in buckets {
        let left = passed(nodes, 60, |_| vec![bucket.clone()]).await;
        assert_eq!(left, 50 - kept, "what was not kept");
    }
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
