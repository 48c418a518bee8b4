use std::time::{Duration, Instant};

use super::*;
use crate::accounts::password::{NewPassword, StoredHash};
use crate::storage::testing::Folder;

const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);

fn credentials(username: &str, password: &str) -> Credentials {
    Credentials {
        username: username.to_owned(),
        password: Password::from(password.to_owned()),
    }
}

async fn add(log_in: &LogIn, name: &str, password: &str) -> UserName {
    let name: UserName = name.parse().unwrap();
    let hash = StoredHash::of(&NewPassword::try_from(password.to_owned()).unwrap()).unwrap();
    assert!(log_in.users.add(&name, &hash, now()).await.unwrap());
    name
}

#[tokio::test]
async fn whoever_tries_it_costs_one_hash_and_hears_the_same() {
    let folder = Folder::new();
    let log_in = LogIn::new(&folder.database().await, DemoUsers::UntilFirstUser);
    add(&log_in, "alice", "correct horse").await;
    let gone = add(&log_in, "gone", "correct horse").await;
    log_in.users.disable(&gone, now()).await.unwrap();
    let long = "x".repeat(1_000_000);
    for (name, username, password, is_right) in [
        ("right", "alice", "correct horse", true),
        ("a wrong password", "alice", "battery staple", false),
        ("no password", "alice", "", false),
        ("a password too long to be one", "alice", &long, false),
        ("a password with a NUL", "alice", "correct\0horse", false),
        ("another case", "Alice", "correct horse", false),
        ("nobody", "mallory", "correct horse", false),
        ("no name", "", "correct horse", false),
        ("a name with a NUL", "ali\0ce", "correct horse", false),
        ("a name too long to be one", &long, "correct horse", false),
        ("disabled", "gone", "correct horse", false),
        (
            "a demo user, where there are others",
            "user1",
            "password1",
            false,
        ),
    ] {
        let before = log_in.queue.checked();
        let checked = log_in.check(credentials(username, password), HERE).await;
        match checked {
            Ok(known) => assert!(is_right && known.name.as_str() == username, "{name}"),
            Err(Refusal::Wrong) => assert!(!is_right, "{name}"),
            Err(other) => panic!("{name}: {other:?}"),
        }
        assert_eq!(log_in.queue.checked() - before, 1, "{name}");
    }
}

#[tokio::test]
async fn demo_users_are_there_until_somebody_is() {
    let folder = Folder::new();
    let database = folder.database().await;
    let log_in = LogIn::new(&database, DemoUsers::UntilFirstUser);
    let elsewhere = LogIn::new(&database, DemoUsers::Never);
    for (username, password, is_right) in [
        ("user1", "password1", true),
        ("user2", "password2", true),
        ("user1", "password2", false),
        ("USER1", "password1", false),
    ] {
        let checked = log_in.check(credentials(username, password), HERE).await;
        assert_eq!(checked.is_ok(), is_right, "{username} {password}");
        let checked = elsewhere.check(credentials(username, password), HERE).await;
        assert!(checked.is_err(), "{username} {password}");
    }
    let known = log_in
        .check(credentials("user1", "password1"), HERE)
        .await
        .unwrap();
    assert!(log_in.confirm(&known).await.is_ok());
    add(&log_in, "alice", "correct horse").await;
    assert!(log_in.confirm(&known).await.is_err());
    assert!(
        log_in
            .check(credentials("user1", "password1"), HERE)
            .await
            .is_err()
    );
}

#[tokio::test]
async fn what_happens_to_the_account_meanwhile_is_seen() {
    let folder = Folder::new();
    let log_in = LogIn::new(&folder.database().await, DemoUsers::Never);
    let alice = add(&log_in, "alice", "correct horse").await;
    let known = log_in
        .check(credentials("alice", "correct horse"), HERE)
        .await
        .unwrap();
    assert!(log_in.confirm(&known).await.is_ok());
    log_in.users.disable(&alice, now()).await.unwrap();
    assert!(log_in.confirm(&known).await.is_err());
    log_in.users.enable(&alice).await.unwrap();
    assert!(log_in.confirm(&known).await.is_ok());
    let hash = StoredHash::of(&NewPassword::try_from("correct horse".to_owned()).unwrap()).unwrap();
    log_in.users.set_password(&alice, &hash).await.unwrap();
    assert!(
        log_in.confirm(&known).await.is_err(),
        "the same password, set anew"
    );
}

#[tokio::test]
async fn a_hash_of_less_work_is_replaced_at_log_in() {
    let folder = Folder::new();
    let log_in = LogIn::new(&folder.database().await, DemoUsers::Never);
    let alice: UserName = "alice".parse().unwrap();
    let weak = StoredHash::with_little_work("correct horse");
    log_in.users.add(&alice, &weak, now()).await.unwrap();
    let kept = async || log_in.users.find(&alice).await.unwrap().unwrap().hash;
    let right = || log_in.check(credentials("alice", "correct horse"), HERE);

    let _ = log_in
        .check(credentials("alice", "wrong"), HERE)
        .await
        .unwrap_err();
    assert_eq!(kept().await, weak);
    // Two at once: both are right, and stay so.
    let (one, other) = tokio::join!(right(), right());
    let strong = kept().await;
    assert_ne!(strong, weak);
    for known in [one.unwrap(), other.unwrap(), right().await.unwrap()] {
        assert!(log_in.confirm(&known).await.is_ok());
    }
    assert_eq!(kept().await, strong);
}

#[tokio::test]
async fn a_damaged_hash_is_nobody_s_password() {
    let folder = Folder::new();
    let log_in = LogIn::new(&folder.database().await, DemoUsers::Never);
    let alice: UserName = "alice".parse().unwrap();
    let damaged = StoredHash::from_database("$argon2id$".to_owned());
    log_in.users.add(&alice, &damaged, now()).await.unwrap();
    let refusal = log_in
        .check(credentials("alice", ""), HERE)
        .await
        .unwrap_err();
    assert!(matches!(refusal, Refusal::Wrong), "{refusal:?}");
}

#[tokio::test]
async fn after_ten_failures_not_even_the_right_password_is_looked_at() {
    let folder = Folder::new();
    let log_in = LogIn::new(&folder.database().await, DemoUsers::Never);
    add(&log_in, "alice", "correct horse").await;
    for _ in 0..10 {
        let refusal = log_in
            .check(credentials("alice", "wrong"), HERE)
            .await
            .unwrap_err();
        assert!(matches!(refusal, Refusal::Wrong), "{refusal:?}");
    }
    let before = log_in.queue.checked();
    let refusal = log_in
        .check(credentials("alice", "correct horse"), HERE)
        .await
        .unwrap_err();
    let Refusal::RateLimited { retry_after } = refusal else {
        panic!("{refusal:?}");
    };
    assert!(
        retry_after > Duration::from_secs(890) && retry_after <= Duration::from_mins(15),
        "{retry_after:?}"
    );
    assert_eq!(log_in.queue.checked(), before);
    let elsewhere = "192.0.2.1".parse().unwrap();
    assert!(
        log_in
            .check(credentials("alice", "correct horse"), elsewhere)
            .await
            .is_ok()
    );
}

#[tokio::test]
async fn an_account_that_is_guessed_at_is_slow_and_open() {
    let folder = Folder::new();
    let log_in = LogIn::new(&folder.database().await, DemoUsers::Never);
    let alice = add(&log_in, "alice", "correct horse").await;
    for count in 0..50 {
        let address = format!("192.0.2.{count}").parse().unwrap();
        let attempt = Attempt::new(Some(&alice), address);
        log_in.throttle.count(&attempt, now()).await.unwrap();
    }
    let start = Instant::now();
    let (right, wrong) = tokio::join!(
        log_in.check(credentials("alice", "correct horse"), HERE),
        log_in.check(credentials("alice", "wrong"), HERE),
    );
    assert!(right.is_ok() && wrong.is_err());
    assert!(start.elapsed() >= Duration::from_secs(3));
}

#[tokio::test]
async fn a_full_queue_counts_nothing() {
    let folder = Folder::new();
    let log_in = LogIn::new(&folder.database().await, DemoUsers::Never);
    add(&log_in, "alice", "correct horse").await;
    let places: Vec<_> = std::iter::from_fn(|| log_in.queue.place().ok()).collect();
    assert!(places.len() > 64);
    for _ in 0..20 {
        let refusal = log_in
            .check(credentials("alice", "wrong"), HERE)
            .await
            .unwrap_err();
        assert!(matches!(refusal, Refusal::Busy), "{refusal:?}");
    }
    drop(places);
    assert!(
        log_in
            .check(credentials("alice", "correct horse"), HERE)
            .await
            .is_ok()
    );
}

#[test]
fn no_password_is_shown() {
    let shown = format!("{:?}", credentials("alice", "correct horse"));
    assert!(
        shown.contains("alice") && !shown.contains("horse"),
        "{shown}"
    );
}
