use std::net::IpAddr;
use std::time::Duration;

use handstamp_axum::handstamp::clock::UnixTime;

use super::{Attempt, DELAY, Throttle, Verdict};
use crate::storage::testing::Folder;

const NOW: UnixTime = UnixTime::from_secs(1_000_000);
const GO: Verdict = Verdict::Go {
    after: Duration::ZERO,
};

fn attempt(name: &str, address: &str) -> Attempt {
    Attempt::new(name.parse().ok().as_ref(), address.parse().unwrap())
}

fn refused(seconds: u64) -> Verdict {
    let retry_after = Duration::from_secs(seconds);
    Verdict::Refused { retry_after }
}

fn after(seconds: u64) -> UnixTime {
    NOW.saturating_add(Duration::from_secs(seconds))
}

#[tokio::test]
async fn an_account_from_one_address_is_refused_after_ten() {
    let folder = Folder::new();
    let throttle = Throttle::new(folder.database().await);
    let alice = attempt("alice", "192.0.2.1");
    for count in 1..=10 {
        assert_eq!(throttle.look(&alice, NOW).await.unwrap(), GO, "{count}");
        assert_eq!(throttle.count(&alice, NOW).await.unwrap(), GO, "{count}");
    }
    for (name, attempt, now, verdict) in [
        ("the eleventh", &alice, after(0), refused(900)),
        ("a minute later", &alice, after(60), refused(840)),
        (
            "in other letters",
            &attempt("ALICE", "192.0.2.1"),
            after(60),
            refused(840),
        ),
        (
            "another account",
            &attempt("bob", "192.0.2.1"),
            after(60),
            GO,
        ),
        (
            "another address",
            &attempt("alice", "192.0.2.2"),
            after(60),
            GO,
        ),
        ("a quarter of an hour later", &alice, after(900), GO),
    ] {
        assert_eq!(
            throttle.look(attempt, now).await.unwrap(),
            verdict,
            "{name}"
        );
    }
    assert_eq!(
        throttle.count(&alice, after(1)).await.unwrap(),
        refused(899),
        "counted at the same time"
    );
    assert_eq!(
        throttle.count(&alice, after(900)).await.unwrap(),
        GO,
        "counted anew"
    );
    for _ in 0..9 {
        throttle.count(&alice, after(901)).await.unwrap();
    }
    assert_eq!(
        throttle.look(&alice, after(901)).await.unwrap(),
        refused(899),
        "from the first of them on"
    );
}

#[tokio::test]
async fn of_attempts_at_the_same_time_no_more_than_ten_go_on() {
    let folder = Folder::new();
    let throttle = Throttle::new(folder.database().await);
    let attempts: Vec<_> = (0..30)
        .map(|_| {
            let throttle = throttle.clone();
            tokio::spawn(async move {
                throttle
                    .count(&attempt("alice", "192.0.2.1"), NOW)
                    .await
                    .unwrap()
            })
        })
        .collect();
    let mut went_on = 0;
    for attempt in attempts {
        went_on += usize::from(attempt.await.unwrap() == GO);
    }
    assert_eq!(went_on, 10);
}

#[tokio::test]
async fn a_right_password_takes_its_attempt_back_and_clears_the_pair() {
    let folder = Folder::new();
    let throttle = Throttle::new(folder.database().await);
    let alice = attempt("alice", "192.0.2.1");
    for _ in 0..10 {
        throttle.count(&alice, NOW).await.unwrap();
    }
    throttle.forgive(&alice).await.unwrap();
    assert_eq!(throttle.look(&alice, NOW).await.unwrap(), GO);

    // Who has an account of his own does not clear with it what he tried on others.
    let (own, others) = (attempt("mallory", "192.0.2.9"), |count: usize| {
        attempt(&format!("user{count}"), "192.0.2.9")
    });
    for count in 0..100 {
        throttle.count(&others(count), NOW).await.unwrap();
        throttle.count(&own, NOW).await.unwrap();
        throttle.forgive(&own).await.unwrap();
    }
    assert_eq!(throttle.look(&own, NOW).await.unwrap(), refused(900));
}

#[tokio::test]
async fn an_address_is_refused_after_a_hundred() {
    let folder = Folder::new();
    let throttle = Throttle::new(folder.database().await);
    for count in 0..100 {
        let attempt = attempt(&format!("user{count}"), &format!("2001:db8::{count:x}"));
        assert_eq!(throttle.count(&attempt, NOW).await.unwrap(), GO, "{count}");
    }
    for (name, address, verdict) in [
        (
            "the same network",
            "2001:db8::ffff:ffff:ffff:ffff",
            refused(900),
        ),
        ("the one beside it", "2001:db8:0:1::1", GO),
        ("IPv4", "192.0.2.1", GO),
    ] {
        let seen = throttle
            .look(&attempt("alice", address), NOW)
            .await
            .unwrap();
        assert_eq!(seen, verdict, "{name}");
    }
}

#[tokio::test]
async fn an_account_becomes_slow_and_is_never_closed() {
    let folder = Folder::new();
    let throttle = Throttle::new(folder.database().await);
    for count in 0..50 {
        let attempt = attempt("alice", &format!("192.0.2.{count}"));
        assert_eq!(throttle.count(&attempt, NOW).await.unwrap(), GO, "{count}");
    }
    let slow = Verdict::Go { after: DELAY };
    for count in 50..150 {
        let attempt = attempt("alice", &format!("192.0.2.{count}"));
        assert_eq!(throttle.look(&attempt, NOW).await.unwrap(), slow, "{count}");
        assert_eq!(
            throttle.count(&attempt, NOW).await.unwrap(),
            slow,
            "{count}"
        );
    }
    let other = attempt("bob", "192.0.2.1");
    assert_eq!(throttle.look(&other, NOW).await.unwrap(), GO);
}

#[tokio::test]
async fn what_is_over_is_purged() {
    let folder = Folder::new();
    let throttle = Throttle::new(folder.database().await);
    throttle
        .count(&attempt("alice", "192.0.2.1"), NOW)
        .await
        .unwrap();
    throttle
        .count(&attempt("bob", "192.0.2.1"), after(60))
        .await
        .unwrap();
    for (name, now, gone) in [
        ("nothing is over", after(899), 0),
        ("alice, her pair, and the address", after(900), 3),
        ("nothing more", after(959), 0),
        ("bob and his pair", after(960), 2),
    ] {
        assert_eq!(throttle.purge(now).await.unwrap(), gone, "{name}");
    }
    // A count that is purged between the two does not come back as one that counts.
    throttle
        .forgive(&attempt("alice", "192.0.2.1"))
        .await
        .unwrap();
    assert_eq!(throttle.purge(NOW).await.unwrap(), 3);
}

#[test]
fn what_is_kept_names_addresses_but_no_accounts() {
    let mapped: IpAddr = "::ffff:192.0.2.1".parse().unwrap();
    let seen = Attempt::new("alice".parse().ok().as_ref(), mapped);
    assert_eq!(seen.address, "address 192.0.2.1");
    for kept in [&seen.account, &seen.pair] {
        assert!(!kept.contains("alice") && kept.len() < 80, "{kept}");
    }
    let seen = attempt("alice", "2001:db8:1:2:3:4:5:6");
    assert_eq!(seen.address, "address 2001:db8:1:2::/64");
}
