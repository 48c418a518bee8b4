use std::time::Duration;

use handstamp_axum::handstamp::clock::UnixTime;

use super::{ACCOUNT_DELAY, Attempt, Decision, Key, Throttle};
use crate::storage::testing::TempDir;

const NOW: UnixTime = UnixTime::from_secs(1_000_000);
const ALLOWED: Decision = Decision::Allow {
    delay: Duration::ZERO,
};

fn attempt(name: &str, address: &str) -> Attempt {
    at_epoch(0, name, address)
}

fn at_epoch(epoch: i64, name: &str, address: &str) -> Attempt {
    let key = Key::derive(&"a signing key".into());
    Attempt::new(
        &key,
        name.parse().ok().as_ref(),
        epoch,
        address.parse().unwrap(),
    )
}

fn denied(seconds: u64) -> Decision {
    let retry_after = Duration::from_secs(seconds);
    Decision::Deny { retry_after }
}

fn after(seconds: u64) -> UnixTime {
    NOW.saturating_add(Duration::from_secs(seconds))
}

#[tokio::test]
async fn an_account_from_one_address_is_denied_after_ten() {
    let dir = TempDir::new();
    let throttle = Throttle::new(dir.database().await);
    let alice = attempt("alice", "192.0.2.1");
    for count in 1..=10 {
        assert_eq!(
            throttle.peek(&alice, NOW).await.unwrap(),
            ALLOWED,
            "{count}"
        );
        assert_eq!(
            throttle.record(&alice, NOW).await.unwrap(),
            ALLOWED,
            "{count}"
        );
    }
    for (name, attempt, now, verdict) in [
        ("the eleventh", &alice, after(0), denied(900)),
        ("a minute later", &alice, after(60), denied(840)),
        (
            "in capitals",
            &attempt("ALICE", "192.0.2.1"),
            after(60),
            denied(840),
        ),
        (
            "another account",
            &attempt("bob", "192.0.2.1"),
            after(60),
            ALLOWED,
        ),
        (
            "another address",
            &attempt("alice", "192.0.2.2"),
            after(60),
            ALLOWED,
        ),
        ("a quarter of an hour later", &alice, after(900), ALLOWED),
    ] {
        assert_eq!(
            throttle.peek(attempt, now).await.unwrap(),
            verdict,
            "{name}"
        );
    }
    assert_eq!(
        throttle.record(&alice, after(1)).await.unwrap(),
        denied(899),
        "recorded all the same"
    );
    assert_eq!(
        throttle.record(&alice, after(900)).await.unwrap(),
        ALLOWED,
        "a new count"
    );
    for _ in 0..9 {
        throttle.record(&alice, after(901)).await.unwrap();
    }
    assert_eq!(
        throttle.peek(&alice, after(901)).await.unwrap(),
        denied(899),
        "from the first attempt on"
    );
}

#[tokio::test]
async fn of_concurrent_attempts_ten_are_allowed() {
    let dir = TempDir::new();
    let throttle = Throttle::new(dir.database().await);
    let attempts: Vec<_> = (0..30)
        .map(|_| {
            let throttle = throttle.clone();
            tokio::spawn(async move {
                throttle
                    .record(&attempt("alice", "192.0.2.1"), NOW)
                    .await
                    .unwrap()
            })
        })
        .collect();
    let mut allowed = 0;
    for attempt in attempts {
        allowed += usize::from(attempt.await.unwrap() == ALLOWED);
    }
    assert_eq!(allowed, 10);
}

#[tokio::test]
async fn a_right_password_takes_its_attempt_back_and_resets_the_pair() {
    let dir = TempDir::new();
    let throttle = Throttle::new(dir.database().await);
    let alice = attempt("alice", "192.0.2.1");
    for _ in 0..10 {
        throttle.record(&alice, NOW).await.unwrap();
    }
    throttle.reset(&alice).await.unwrap();
    assert_eq!(throttle.peek(&alice, NOW).await.unwrap(), ALLOWED);

    // A log-in to the own account does not reset the count of the address.
    let (own, others) = (attempt("mallory", "192.0.2.9"), |count: usize| {
        attempt(&format!("user{count}"), "192.0.2.9")
    });
    for count in 0..100 {
        throttle.record(&others(count), NOW).await.unwrap();
        throttle.record(&own, NOW).await.unwrap();
        throttle.reset(&own).await.unwrap();
    }
    assert_eq!(throttle.peek(&own, NOW).await.unwrap(), denied(900));
}

#[tokio::test]
async fn an_address_is_denied_after_a_hundred() {
    let dir = TempDir::new();
    let throttle = Throttle::new(dir.database().await);
    for count in 0..100 {
        let attempt = attempt(&format!("user{count}"), &format!("2001:db8::{count:x}"));
        assert_eq!(
            throttle.record(&attempt, NOW).await.unwrap(),
            ALLOWED,
            "{count}"
        );
    }
    for (name, address, verdict) in [
        (
            "the same network",
            "2001:db8::ffff:ffff:ffff:ffff",
            denied(900),
        ),
        ("the next network", "2001:db8:0:1::1", ALLOWED),
        ("IPv4", "192.0.2.1", ALLOWED),
    ] {
        let seen = throttle
            .peek(&attempt("alice", address), NOW)
            .await
            .unwrap();
        assert_eq!(seen, verdict, "{name}");
    }
}

#[tokio::test]
async fn an_account_is_delayed_and_never_denied() {
    let dir = TempDir::new();
    let throttle = Throttle::new(dir.database().await);
    for count in 0..50 {
        let attempt = attempt("alice", &format!("192.0.2.{count}"));
        assert_eq!(
            throttle.record(&attempt, NOW).await.unwrap(),
            ALLOWED,
            "{count}"
        );
    }
    let delayed = Decision::Allow {
        delay: ACCOUNT_DELAY,
    };
    for count in 50..150 {
        let attempt = attempt("alice", &format!("192.0.2.{count}"));
        assert_eq!(
            throttle.peek(&attempt, NOW).await.unwrap(),
            delayed,
            "{count}"
        );
        assert_eq!(
            throttle.record(&attempt, NOW).await.unwrap(),
            delayed,
            "{count}"
        );
    }
    let other = attempt("bob", "192.0.2.1");
    assert_eq!(throttle.peek(&other, NOW).await.unwrap(), ALLOWED);
}

#[tokio::test]
async fn a_new_epoch_starts_the_counts_of_the_account_anew() {
    let dir = TempDir::new();
    let throttle = Throttle::new(dir.database().await);
    for count in 0..100 {
        let alice = attempt("alice", &format!("192.0.2.{}", count % 2));
        throttle.record(&alice, NOW).await.unwrap();
    }
    for (name, attempt, decision) in [
        ("before", attempt("alice", "192.0.2.1"), denied(900)),
        ("after", at_epoch(1, "alice", "192.0.2.1"), ALLOWED),
        ("another user", attempt("bob", "192.0.2.1"), ALLOWED),
    ] {
        assert_eq!(
            throttle.peek(&attempt, NOW).await.unwrap(),
            decision,
            "{name}"
        );
    }
}

#[tokio::test]
async fn counts_that_have_ended_are_purged() {
    let dir = TempDir::new();
    let throttle = Throttle::new(dir.database().await);
    throttle
        .record(&attempt("alice", "192.0.2.1"), NOW)
        .await
        .unwrap();
    throttle
        .record(&attempt("bob", "192.0.2.1"), after(60))
        .await
        .unwrap();
    for (name, now, gone) in [
        ("nothing has ended", after(899), 0),
        ("alice, her pair, and the address", after(900), 3),
        ("nothing more", after(959), 0),
        ("bob and his pair", after(960), 2),
    ] {
        assert_eq!(throttle.purge(now).await.unwrap(), gone, "{name}");
    }
    // A row that was purged between the attempt and its reset comes back as one that has ended.
    throttle
        .reset(&attempt("alice", "192.0.2.1"))
        .await
        .unwrap();
    assert_eq!(throttle.purge(NOW).await.unwrap(), 3);
}

#[test]
fn keys_show_addresses_but_no_accounts() {
    let v4 = attempt("alice", "::ffff:192.0.2.1");
    assert_eq!(v4.address, "address 192.0.2.1");
    for key in [&v4.account, &v4.pair] {
        assert!(!key.contains("alice") && key.len() < 80, "{key}");
    }
    let v6 = attempt("alice", "2001:db8:1:2:3:4:5:6");
    assert_eq!(v6.address, "address 2001:db8:1:2::/64");
}
