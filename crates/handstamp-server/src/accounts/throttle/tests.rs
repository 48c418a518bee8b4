use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use handstamp_axum::handstamp::clock::UnixTime;
use handstamp_axum::handstamp::limit::MemoryLimits;
use handstamp_axum::handstamp::testing::TestClock;

use super::{Attempt, Denied, Key, Throttle};
use crate::accounts::known_devices::{Device, Devices, KnownDevices, UserAgent};
use crate::accounts::user_name::UserName;
use crate::storage::limits::Limits;
use crate::storage::testing::TempDir;

const NOW: UnixTime = UnixTime::from_secs(1_000_000);

/// A throttle by a clock that each call sets. Its store passes the same cases as the databases.
struct Timed {
    throttle: Throttle,
    clock: TestClock,
}

impl Timed {
    fn new() -> Self {
        let clock = TestClock::at(NOW);
        let store = MemoryLimits::with_clock(clock.clone());
        let throttle = Throttle::new(Limits::new(store, Duration::from_secs(5)));
        Self { throttle, clock }
    }

    async fn reset(&self, attempt: &Attempt) {
        self.throttle.reset(attempt).await.unwrap();
    }

    async fn purge(&self, now: UnixTime) -> u64 {
        self.clock.set(now);
        self.throttle.purge().await.unwrap()
    }
}

fn attempt(name: &str, address: &str) -> Attempt {
    at_epoch(0, name, address)
}

fn at_epoch(epoch: i64, name: &str, address: &str) -> Attempt {
    of_device(epoch, name, address.parse().unwrap(), None)
}

fn of_device(epoch: i64, name: &str, address: IpAddr, device: Option<&Device>) -> Attempt {
    let key = Key::derive(&"a signing key".into());
    Attempt::new(&key, name.parse().ok().as_ref(), epoch, address, device)
}

fn denied(seconds: u64) -> Result<(), Denied> {
    let retry_after = Duration::from_secs(seconds);
    Err(Denied { retry_after })
}

fn after(seconds: u64) -> UnixTime {
    NOW.saturating_add(Duration::from_secs(seconds))
}

async fn charge(timed: &Timed, attempt: &Attempt, now: UnixTime) -> Result<(), Denied> {
    timed.clock.set(now);
    timed.throttle.charge(attempt).await.unwrap()
}

async fn peek(timed: &Timed, attempt: &Attempt, now: UnixTime) -> Result<(), Denied> {
    timed.clock.set(now);
    timed.throttle.peek(attempt).await.unwrap()
}

#[tokio::test]
async fn an_account_is_denied_after_ten_failures_and_then_gets_one_each_40_seconds() {
    let throttle = Timed::new();
    let alice = |count: usize| attempt("alice", &format!("192.0.2.{count}"));
    for count in 0..10 {
        assert_eq!(peek(&throttle, &alice(count), NOW).await, Ok(()), "{count}");
        assert_eq!(
            charge(&throttle, &alice(count), NOW).await,
            Ok(()),
            "{count}"
        );
    }
    for (case, attempt, now, verdict) in [
        ("the eleventh", alice(99), after(0), denied(40)),
        ("half a minute later", alice(99), after(30), denied(10)),
        (
            "in capitals",
            attempt("ALICE", "192.0.2.1"),
            after(0),
            denied(40),
        ),
        (
            "another account",
            attempt("bob", "192.0.2.1"),
            after(0),
            Ok(()),
        ),
        ("40 seconds later", alice(99), after(40), Ok(())),
    ] {
        assert_eq!(peek(&throttle, &attempt, now).await, verdict, "{case}");
    }
    for _ in 0..100 {
        assert_eq!(
            charge(&throttle, &alice(99), after(1)).await,
            denied(39),
            "not charged"
        );
    }
    assert_eq!(charge(&throttle, &alice(99), after(40)).await, Ok(()));
    assert_eq!(charge(&throttle, &alice(99), after(41)).await, denied(39));
    assert_eq!(peek(&throttle, &alice(99), after(440)).await, Ok(()));
}

#[tokio::test(flavor = "multi_thread")]
async fn of_concurrent_attempts_ten_are_allowed() {
    let dir = TempDir::new();
    let timed = Timed::new();
    let in_database = Limits::open(&dir.database().await).await.unwrap();
    for (place, throttle) in [
        ("in memory", timed.throttle.clone()),
        ("in the database", Throttle::new(in_database)),
    ] {
        let attempts: Vec<_> = (0..30)
            .map(|_| {
                let throttle = throttle.clone();
                let alice = attempt("alice", "192.0.2.1");
                tokio::spawn(async move { throttle.charge(&alice).await.unwrap() })
            })
            .collect();
        let mut allowed = 0;
        for attempt in attempts {
            allowed += usize::from(attempt.await.unwrap().is_ok());
        }
        assert_eq!(allowed, 10, "{place}");
    }
    // What was denied for its account was not charged to its address.
    for count in 0..90 {
        let other = attempt(&format!("user{count}"), "192.0.2.1");
        assert_eq!(charge(&timed, &other, NOW).await, Ok(()), "{count}");
    }
    assert_eq!(
        peek(&timed, &attempt("bob", "192.0.2.1"), NOW).await,
        denied(9)
    );
}

#[tokio::test]
async fn a_right_password_gives_its_attempt_back_but_not_the_log_in() {
    let throttle = Timed::new();
    let alice = attempt("alice", "192.0.2.1");
    for count in 0..300 {
        assert_eq!(charge(&throttle, &alice, NOW).await, Ok(()), "{count}");
        throttle.reset(&alice).await;
    }
    for (case, attempt, verdict) in [
        ("the 301st log-in", &alice, denied(3)),
        ("from elsewhere", &attempt("alice", "192.0.2.2"), Ok(())),
        ("of another", &attempt("bob", "192.0.2.1"), Ok(())),
    ] {
        assert_eq!(peek(&throttle, attempt, NOW).await, verdict, "{case}");
    }
}

#[tokio::test]
async fn an_address_is_denied_after_a_hundred_failures_and_its_networks_after_more() {
    let throttle = Timed::new();
    // A /48 with four /56, each with a hundred /64, of which each fails four times.
    let mut allowed = [0; 4];
    for (site, allowed) in allowed.iter_mut().enumerate() {
        for count in 0..400_usize {
            let network = count % 100;
            let name = format!("user{site}-{count}");
            let address = format!("2001:db8:0:{site:x}{network:02x}::{count:x}");
            *allowed += usize::from(
                charge(&throttle, &attempt(&name, &address), NOW)
                    .await
                    .is_ok(),
            );
        }
    }
    assert_eq!(allowed, [200, 200, 0, 0], "200 for a /56, 400 for a /48");
    for count in 0..100 {
        let attempt = attempt(&format!("user{count}"), "::ffff:192.0.2.1");
        assert_eq!(charge(&throttle, &attempt, NOW).await, Ok(()), "{count}");
    }
    for (case, address, verdict) in [
        ("a network of the same /48", "2001:db8:0:ffff::1", Err(3)),
        ("the next /48", "2001:db8:1::1", Ok(())),
        ("an IPv4 address", "192.0.2.1", Err(9)),
        ("the next one", "192.0.2.2", Ok(())),
    ] {
        let seen = peek(&throttle, &attempt("alice", address), NOW).await;
        let rounded = seen.map_err(|denied| denied.retry_after.as_millis().div_ceil(1000));
        assert_eq!(rounded, verdict, "{case}");
    }
}

#[tokio::test]
async fn what_is_denied_for_its_address_is_not_charged_to_the_account() {
    let throttle = Timed::new();
    for count in 0..100 {
        let other = attempt(&format!("user{count}"), "192.0.2.1");
        charge(&throttle, &other, NOW).await.unwrap();
    }
    let alice = attempt("alice", "192.0.2.1");
    for _ in 0..20 {
        assert_eq!(charge(&throttle, &alice, NOW).await, denied(9));
    }
    for count in 0..10 {
        let elsewhere = attempt("alice", "192.0.2.2");
        assert_eq!(charge(&throttle, &elsewhere, NOW).await, Ok(()), "{count}");
    }
}

/// What the owner and a guesser with 10,000 addresses see for an hour.
#[tokio::test]
async fn a_guesser_with_ten_thousand_addresses_gets_a_hundred_guesses_in_an_hour() {
    let dir = TempDir::new();
    let database = dir.database().await;
    let throttle = Timed::new();
    let alice: UserName = "alice".parse().unwrap();
    let device = known_device(&KnownDevices::new(database), &alice).await;
    let known = of_device(0, "alice", "198.51.100.1".parse().unwrap(), Some(&device));
    let unknown = attempt("alice", "203.0.113.1");
    let (mut guesses, mut waits) = (0, 0);
    for count in 0..10_000_u32 {
        let now = NOW.saturating_add(Duration::from_millis(u64::from(count) * 360));
        let address = Ipv4Addr::from_bits(0x0a00_0000 + count).into();
        let guess = of_device(0, "alice", address, None);
        if peek(&throttle, &guess, now).await.is_ok()
            && charge(&throttle, &guess, now).await.is_ok()
        {
            guesses += 1;
        }
        if count % 100 == 50 {
            assert_eq!(
                charge(&throttle, &known, now).await,
                Ok(()),
                "the owner's browser"
            );
            throttle.reset(&known).await;
            if let Err(denied) = peek(&throttle, &unknown, now).await {
                waits += 1;
                let then = now.saturating_add(denied.retry_after);
                assert_eq!(
                    peek(&throttle, &unknown, then).await,
                    Ok(()),
                    "the wait is true"
                );
                let sooner = Duration::from_millis(1);
                let before = now.saturating_add(denied.retry_after.saturating_sub(sooner));
                assert!(
                    peek(&throttle, &unknown, before).await.is_err(),
                    "and not too long"
                );
            }
        }
    }
    println!(
        "{guesses} of 10,000 guesses in an hour reached the hash; a new device waited {waits} of 100 times"
    );
    assert!((90..=100).contains(&guesses), "{guesses}");
    assert!(waits > 90, "{waits}");
}

/// The owner has just changed the password, so that no browser is known.
#[tokio::test]
async fn a_program_with_a_former_password_leaves_room_for_the_owner() {
    let throttle = Timed::new();
    let program = attempt("alice", "192.0.2.1");
    let owner = attempt("alice", "198.51.100.1");
    let (mut guesses, mut denials) = (0, 0);
    for seconds in (0..3_600).step_by(3) {
        let now = after(seconds);
        if peek(&throttle, &program, now).await.is_ok() {
            guesses += usize::from(charge(&throttle, &program, now).await.is_ok());
        }
        if seconds % 60 == 57 {
            match charge(&throttle, &owner, now).await {
                Ok(()) => throttle.reset(&owner).await,
                Err(_) => denials += 1,
            }
        }
    }
    assert_eq!((guesses, denials), (49, 0), "in an hour");
}

async fn known_device(known: &KnownDevices, account: &UserName) -> Device {
    let mut devices = Devices::default();
    devices.insert(
        known
            .add(account, 1, &UserAgent::new(b""), NOW)
            .await
            .unwrap(),
    );
    known
        .find(&devices, Some((account, 1)))
        .await
        .unwrap()
        .unwrap()
        .clone()
}

#[tokio::test]
async fn a_known_device_has_ten_failures_of_its_own() {
    let dir = TempDir::new();
    let database = dir.database().await;
    let throttle = Timed::new();
    let alice: UserName = "alice".parse().unwrap();
    let known = KnownDevices::new(database);
    let (one, other) = (
        known_device(&known, &alice).await,
        known_device(&known, &alice).await,
    );
    let address = "192.0.2.1".parse().unwrap();
    let from = |device| of_device(0, "alice", address, Some(device));
    // A colleague at the same address has used up the failures of the address and of the account.
    for count in 0..100 {
        charge(
            &throttle,
            &attempt(&format!("user{count}"), "192.0.2.1"),
            NOW,
        )
        .await
        .unwrap();
    }
    for _ in 0..10 {
        charge(&throttle, &attempt("alice", "192.0.2.2"), NOW)
            .await
            .unwrap();
    }
    for count in 0..10 {
        assert_eq!(charge(&throttle, &from(&one), NOW).await, Ok(()), "{count}");
    }
    for (case, attempt, verdict) in [
        ("the eleventh", &from(&one), denied(90)),
        ("another device", &from(&other), Ok(())),
        ("no device", &attempt("alice", "192.0.2.3"), denied(40)),
    ] {
        assert_eq!(peek(&throttle, attempt, NOW).await, verdict, "{case}");
    }
}

#[tokio::test]
async fn a_clock_that_was_ahead_keeps_no_one_out() {
    let throttle = Timed::new();
    let alice = |count: usize| attempt("alice", &format!("192.0.2.{count}"));
    let day_ahead = after(86_400);
    for count in 0..10 {
        charge(&throttle, &alice(count), day_ahead).await.unwrap();
    }
    assert_eq!(peek(&throttle, &alice(10), day_ahead).await, denied(40));
    assert_eq!(peek(&throttle, &alice(10), NOW).await, Ok(()));
    assert_eq!(charge(&throttle, &alice(10), NOW).await, Ok(()));
    assert_eq!(charge(&throttle, &alice(11), NOW).await, denied(40), "once");
    assert_eq!(charge(&throttle, &alice(11), after(40)).await, Ok(()));
    // Another server whose clock is half a minute behind does not count as that.
    let behind = after(10);
    assert_eq!(charge(&throttle, &alice(12), behind).await, denied(70));
}

#[tokio::test]
async fn full_buckets_are_purged() {
    let throttle = Timed::new();
    let alice = attempt("alice", "192.0.2.1");
    charge(&throttle, &alice, NOW).await.unwrap();
    for (case, now, gone) in [
        ("nothing is full", after(2), 0),
        ("the log-ins and the address", after(9), 2),
        ("the account", after(40), 1),
        ("the account from the address", after(90), 1),
        ("nothing more", after(99), 0),
    ] {
        assert_eq!(throttle.purge(now).await, gone, "{case}");
    }
    // A bucket that was purged between the attempt and its end is full.
    throttle.reset(&alice).await;
    assert_eq!(throttle.purge(after(99)).await, 0);
}

#[tokio::test]
async fn a_new_epoch_starts_the_failures_of_the_account_anew() {
    let throttle = Timed::new();
    for _ in 0..10 {
        charge(&throttle, &attempt("alice", "192.0.2.1"), NOW)
            .await
            .unwrap();
    }
    for (case, attempt, verdict) in [
        ("before", attempt("alice", "192.0.2.2"), denied(40)),
        ("after", at_epoch(1, "alice", "192.0.2.1"), Ok(())),
    ] {
        assert_eq!(peek(&throttle, &attempt, NOW).await, verdict, "{case}");
    }
}

#[test]
fn keys_show_networks_but_no_accounts() {
    let attempt = attempt("alice", "2001:db8:1:2:3:4:5:6");
    let keys: Vec<&str> = attempt
        .buckets()
        .iter()
        .map(|bucket| &*bucket.key)
        .collect();
    for key in &keys {
        assert!(!key.contains("alice"), "{key}");
    }
    assert!(keys[0].starts_with("hslim-ac "), "{keys:?}");
    assert!(
        keys[1].starts_with("hslim-cl ") && keys[1].ends_with(" 2001:db8:1::/48"),
        "{keys:?}"
    );
    assert_eq!(
        keys[2..5],
        [
            "hslim-64 2001:db8:1:2::/64",
            "hslim-56 2001:db8:1::/56",
            "hslim-48 2001:db8:1::/48",
        ]
    );
    assert!(keys[5].ends_with(" 2001:db8:1:2::/64"), "{keys:?}");
}
