use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use proptest::prelude::*;

use super::{Bucket, Caller, Charged, Limit, LimitStore, MemoryLimits, Quota, RateLimits};
use super::{Limited, WhenUnavailable};
use crate::clock::UnixTime;
use crate::error::StoreError;
use crate::store::BoxFuture;
use crate::testing::{Head, TestClock, auth, builder};
use crate::{Auth, NewToken, Require};

const MINUTE: Duration = Duration::from_secs(60);

fn wait_of(limited: &Limited) -> String {
    let headers = limited.rejection().headers();
    let (_, value) = headers
        .into_iter()
        .find(|(name, _)| *name == "retry-after")
        .expect("a rejection of a limit says when to come again");
    value.to_string()
}

async fn send(auth: &Auth, limits: &RateLimits, address: &str) -> Result<Vec<String>, String> {
    let address: IpAddr = address.parse().expect("an address");
    let caller = Caller::new("GET", "/").address(address);
    match auth.check_rate(limits, &caller).await {
        Ok(allowance) => Ok(allowance
            .headers()
            .into_iter()
            .map(|(_, text)| text)
            .collect()),
        Err(limited) => Err(wait_of(&limited)),
    }
}

#[test]
fn a_bucket_holds_its_quota_and_fills_at_a_steady_rate() {
    let quota = Quota::new(3, Duration::from_secs(30));
    let second = 1_000_000;
    let now = 1_000_000 * second;
    #[rustfmt::skip]
    let rows: [(&str, u64, Result<u64, u64>); 8] = [
        ("a full bucket", 0, Ok(now + 10 * second)),
        ("one that is full just now", now, Ok(now + 10 * second)),
        ("one that holds two", now + 10 * second, Ok(now + 20 * second)),
        ("one that holds one", now + 20 * second, Ok(now + 30 * second)),
        ("one that holds a little less than one", now + 20 * second + 1, Err(1)),
        ("an empty one", now + 30 * second, Err(10 * second)),
        ("one of a clock that was ahead by less than the window", now + 60 * second, Err(40 * second)),
        ("one of a clock that was ahead by more", now + 60 * second + 1, Ok(now + 30 * second)),
    ];
    for (sentence, full_at, expected) in rows {
        let expected = expected.map_err(Duration::from_micros);
        assert_eq!(quota.charge(full_at, now), expected, "{sentence}");
    }
}

proptest! {
    /// At whatever instants requests come, no more pass in a time than the bucket held at its
    /// begin and gained since.
    #[test]
    fn no_more_pass_than_the_quota_allows(
        requests in 1_u32..50,
        window in 1_u64..100_000,
        gaps in prop::collection::vec(0_u64..20_000_000, 1..200),
    ) {
        let quota = Quota::new(requests, Duration::from_millis(window));
        let (mut now, mut full_at, mut passed) = (1 << 50, 0, 0_u64);
        let begin = now;
        for gap in gaps {
            now += gap;
            match quota.charge(full_at, now) {
                Ok(after) => {
                    passed += 1;
                    full_at = after;
                    prop_assert!(quota.remaining(full_at, now) < u64::from(requests));
                }
                Err(wait) => {
                    let wait = u64::try_from(wait.as_micros()).unwrap();
                    prop_assert!(quota.charge(full_at, now + wait).is_ok());
                    prop_assert!(quota.charge(full_at, now + wait - 1).is_err());
                }
            }
            let gained = (now - begin) / quota.interval();
            prop_assert!(passed <= u64::from(requests) + gained);
        }
    }
}

proptest! {
    /// Given back at once, a request leaves the bucket as it was; given back later, no fuller than
    /// full.
    #[test]
    fn a_refund_undoes_a_charge(
        requests in 1_u32..50,
        window in 1_u64..100_000,
        used in 0_u64..100_000_000,
        later in 0_u64..200_000_000,
    ) {
        let quota = Quota::new(requests, Duration::from_millis(window));
        let now = 1 << 50;
        let full_at = now + used % quota.capacity();
        if let Ok(after) = quota.charge(full_at, now) {
            prop_assert_eq!(quota.refund(after), full_at);
            let mut back = after;
            for _ in 0..100 {
                back = quota.refund(back);
            }
            let holds = quota.remaining(back, now + later);
            prop_assert_eq!(holds, u64::from(requests));
        }
        prop_assert_eq!(quota.refund(0), 0, "a bucket that was never charged");
    }
}

#[tokio::test]
async fn a_request_counts_for_all_limits_or_for_none() {
    let clock = TestClock::at(UnixTime::from_secs(1_700_000_000));
    let auth = auth(builder());
    let store = MemoryLimits::with_clock(clock.clone());
    let limits = RateLimits::shared(
        store,
        WhenUnavailable::Refuse,
        [
            Limit::by_address("burst", Quota::new(2, Duration::from_secs(10))),
            Limit::by_address("long", Quota::new(3, MINUTE)),
        ],
    )
    .unwrap();
    let ok = |left: &str| -> Result<Vec<String>, String> {
        Ok(vec![
            r#""burst";q=2;w=10, "long";q=3;w=60"#.into(),
            left.into(),
        ])
    };
    #[rustfmt::skip]
    let rows = [
        ("the first", 0, ok(r#""burst";r=1;t=5, "long";r=2;t=20"#)),
        ("the second", 0, ok(r#""burst";r=0;t=5, "long";r=1;t=20"#)),
        ("a third at once", 0, Err("5".to_owned())),
        ("again, too early: it was charged nowhere", 4, Err("1".to_owned())),
        ("after the wait", 1, ok(r#""burst";r=0;t=5, "long";r=0;t=15"#)),
        ("now the other limit", 5, Err("10".to_owned())),
        ("after that", 10, ok(r#""burst";r=1;t=5, "long";r=0;t=20"#)),
    ];
    for (sentence, seconds, expected) in rows {
        clock.advance(Duration::from_secs(seconds));
        let got = send(&auth, &limits, "192.0.2.7").await;
        assert_eq!(got, expected, "{sentence}");
    }
}

#[tokio::test]
async fn who_is_counted_together() {
    let auth = auth(builder());
    let address = |text: &str| Some(text.parse::<IpAddr>().unwrap());
    let user = |subject: &str, login_type: Option<&str>| {
        let mut new = NewToken::for_subject(subject);
        if let Some(login_type) = login_type {
            new = new.login_type(login_type);
        }
        Some(new)
    };
    let one = || Quota::per_hour(1);
    let by_tenant = |caller: &Caller<'_>| {
        let tenant = caller.header("x-tenant")?;
        String::from_utf8(tenant.to_vec()).ok()
    };
    #[rustfmt::skip]
    let rows = [
        ("the same address", Limit::by_address("l", one()), [(address("192.0.2.7"), None, ""), (address("192.0.2.7"), None, "")], true),
        ("another address", Limit::by_address("l", one()), [(address("192.0.2.7"), None, ""), (address("192.0.2.8"), None, "")], false),
        ("one network of IPv6", Limit::by_address("l", one()), [(address("2001:db8::1"), None, ""), (address("2001:db8::ffff:1"), None, "")], true),
        ("two networks of IPv6", Limit::by_address("l", one()), [(address("2001:db8::1"), None, ""), (address("2001:db8:0:1::1"), None, "")], false),
        ("IPv4 in IPv6", Limit::by_address("l", one()), [(address("192.0.2.7"), None, ""), (address("::ffff:192.0.2.7"), None, "")], true),
        ("addresses that are not known", Limit::by_address("l", one()), [(None, None, ""), (None, None, "")], true),
        ("a user at two addresses", Limit::by_subject("l", one()), [(address("192.0.2.7"), user("u", None), ""), (address("192.0.2.8"), user("u", None), "")], true),
        ("two users at one address", Limit::by_subject("l", one()), [(address("192.0.2.7"), user("u", None), ""), (address("192.0.2.7"), user("v", None), "")], false),
        ("a user and an administrator of one name", Limit::by_subject("l", one()), [(None, user("u", None), ""), (None, user("u", Some("admin")), "")], false),
        ("without a token by address", Limit::by_subject("l", one()), [(address("192.0.2.7"), None, ""), (address("192.0.2.7"), None, "")], true),
        ("a user and a stranger at one address", Limit::by_subject("l", one()), [(address("192.0.2.7"), user("u", None), ""), (address("192.0.2.7"), None, "")], false),
        ("a user whose name is an address", Limit::by_subject("l", one()), [(address("192.0.2.7"), user("192.0.2.7", None), ""), (address("192.0.2.7"), None, "")], false),
        ("a token without a session by its user", Limit::by_session("l", one()), [(None, user("u", None), ""), (None, user("u", None), "")], true),
        ("by a function", Limit::by("l", one(), by_tenant), [(None, None, "acme"), (address("192.0.2.7"), None, "acme")], true),
        ("by a function, another", Limit::by("l", one(), by_tenant), [(None, None, "acme"), (None, None, "emca")], false),
        ("a function that counts no one", Limit::by("l", one(), by_tenant), [(None, None, ""), (None, None, "")], false),
    ];
    for (sentence, limit, callers, together) in rows {
        let limits = RateLimits::in_memory([limit]).unwrap();
        let mut passed = Vec::new();
        for (address, user, tenant) in callers {
            let token = match user {
                None => None,
                Some(new) => {
                    let token = auth.create_access_token(new).unwrap();
                    let request = Head::new("GET").access(token.as_str());
                    Some(
                        auth.authenticate(&request, &Require::access())
                            .await
                            .unwrap(),
                    )
                }
            };
            let header = |name: &str| {
                (name == "x-tenant" && !tenant.is_empty()).then_some(tenant.as_bytes())
            };
            let mut caller = Caller::new("GET", "/").headers(&header);
            if let Some(address) = address {
                caller = caller.address(address);
            }
            if let Some(token) = &token {
                caller = caller.token(token);
            }
            passed.push(auth.check_rate(&limits, &caller).await.is_ok());
        }
        assert_eq!(passed, [true, !together], "{sentence}");
    }
}

#[tokio::test]
async fn a_store_that_is_down_lets_through_or_refuses_as_declared() {
    #[derive(Debug)]
    struct Down;
    impl LimitStore for Down {
        fn charge<'a>(&'a self, _: &'a [Bucket]) -> BoxFuture<'a, Result<Charged, StoreError>> {
            Box::pin(async { Err(StoreError::new("down")) })
        }
        fn refund<'a>(&'a self, _: &'a [Bucket]) -> BoxFuture<'a, Result<(), StoreError>> {
            Box::pin(async { Err(StoreError::new("down")) })
        }
        fn purge_limits(&self) -> BoxFuture<'_, Result<u64, StoreError>> {
            Box::pin(async { Err(StoreError::new("down")) })
        }
    }
    let auth = auth(builder());
    for (sentence, when, expected) in [
        ("declared open", WhenUnavailable::Allow, None),
        (
            "declared closed",
            WhenUnavailable::Refuse,
            Some((503, "store_unavailable")),
        ),
    ] {
        let limit = Limit::by_address("l", Quota::per_second(1));
        let limits = RateLimits::shared(Arc::new(Down), when, [limit]).unwrap();
        let answer = auth.check_rate(&limits, &Caller::new("GET", "/")).await;
        let got = answer.map_err(|limited| {
            let rejection = limited.rejection();
            (rejection.status(), rejection.code())
        });
        assert_eq!(got.err(), expected, "{sentence}");
    }
}

#[tokio::test]
async fn two_quotas_under_one_name_are_two_limits() {
    let auth = auth(builder());
    let store = Arc::new(MemoryLimits::new());
    let limits = |quota| {
        let limit = Limit::by_address("api", quota);
        RateLimits::shared(Arc::clone(&store), WhenUnavailable::Refuse, [limit])
    };
    let slow = limits(Quota::per_hour(2)).unwrap();
    let fast = limits(Quota::per_second(5)).unwrap();
    let mut passed = Vec::new();
    for limits in [&slow, &slow, &fast, &slow, &fast] {
        passed.push(send(&auth, limits, "192.0.2.7").await.is_ok());
    }
    assert_eq!(passed, [true, true, true, false, true]);
}

#[test]
fn limits_that_cannot_be_meant_are_refused_all_at_once() {
    let limits = [
        Limit::by_address("a", Quota::per_second(0)),
        Limit::by_address("a", Quota::new(1, Duration::ZERO)),
        Limit::by_address("quoted\"", Quota::new(1, Duration::from_secs(1 << 40))),
    ];
    let error = RateLimits::in_memory(limits).unwrap_err().to_string();
    let expected = "rate limits: the quota of \"a\": it lets no request through: name at least one; the name \"a\" is used \
                    twice; the quota of \"a\": its window is shorter than a millisecond; the name \"quoted\\\"\" is not 1 to 64 \
                    visible ASCII characters without quotes and backslashes; the quota of \"quoted\\\"\": its window is longer \
                    than a year";
    assert_eq!(error, expected);
    let none = RateLimits::in_memory([]).unwrap_err().to_string();
    assert_eq!(none, "rate limits: there is no limit");
}

/// A key as a limit writes it.
fn key(limit: char, number: u32) -> String {
    let mix = |seed: u64| {
        let mixed = (u64::from(number) ^ seed).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        ((mixed ^ mixed >> 29).wrapping_mul(0xbf58_476d_1ce4_e5b9) ^ mixed >> 32).to_be_bytes()
    };
    let prefix = String::from(limit).repeat(8);
    prefix + &URL_SAFE_NO_PAD.encode([mix(1 << 40), mix(3 << 50)].as_flattened())
}

#[tokio::test]
async fn memory_is_bounded_and_callers_without_a_bucket_of_their_own_are_limited_too() {
    let clock = TestClock::at(UnixTime::from_secs(1_700_000_000));
    let store = MemoryLimits::with_clock(clock.clone());
    let quota = Quota::new(1, MINUTE);
    let charge = async |key: String| {
        let charged = store.charge(&[Bucket::new(key, quota)]).await;
        charged.unwrap().is_charged
    };
    let mut passed = 0;
    for number in 0..1_200_000 {
        passed += usize::from(charge(key('a', number)).await);
    }
    // Every shard is full, and in each one more was let through: by the bucket that the others
    // share.
    assert_eq!((store.len(), passed), (1 << 20, (1 << 20) + 64));
    assert!(
        !charge(key('a', 2_000_000)).await,
        "the shared bucket is empty"
    );
    let own = [Bucket::new(key('a', 0), quota)];
    let shared = [Bucket::new(key('a', 2_000_000), quota)];
    for (sentence, bucket) in [("its own bucket", own), ("the shared one", shared)] {
        store.refund(&bucket).await.unwrap();
        let [bucket] = bucket;
        assert!(charge(bucket.key.clone()).await, "{sentence} has it back");
        assert!(!charge(bucket.key).await, "{sentence}: once");
    }
    let mut of_another_limit = 0;
    for number in 2_000_000..2_001_000 {
        of_another_limit += u32::from(charge(key('b', number)).await);
    }
    assert_eq!(of_another_limit, 64, "that of another limit is not");
    // Without a purge, callers that come afterwards have buckets of their own again.
    clock.advance(MINUTE + Duration::from_secs(1));
    for number in 3_000_000..3_001_000 {
        assert!(charge(key('a', number)).await, "{number}");
    }
    store.purge_limits().await.unwrap();
    assert_eq!(store.len(), 1_000);
}

#[tokio::test]
async fn entries_of_full_buckets_go_as_others_come() {
    let clock = TestClock::at(UnixTime::from_secs(1_700_000_000));
    let store = MemoryLimits::with_clock(clock.clone());
    let quota = Quota::new(1, Duration::from_secs(1));
    for number in 0..200_000_u32 {
        if number % 1000 == 0 {
            clock.advance(Duration::from_secs(1));
        }
        let bucket = Bucket::new(key('a', number), quota);
        store.charge(&[bucket]).await.unwrap();
    }
    assert!(store.len() <= 64 * 128, "{}", store.len());
}

#[test]
fn at_once_exactly_the_quota_passes() {
    let store = Arc::new(MemoryLimits::new());
    let passed: usize = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..8)
            .map(|_| {
                scope.spawn(|| {
                    let buckets = [
                        Bucket::new("A", Quota::per_hour(500)),
                        Bucket::new("B", Quota::per_hour(700)),
                    ];
                    let charge = |_: &usize| store.charge_all(&buckets).is_charged;
                    (0..500).filter(charge).count()
                })
            })
            .collect();
        workers
            .into_iter()
            .map(|worker| worker.join().unwrap())
            .sum()
    });
    assert_eq!(passed, 500);
}
