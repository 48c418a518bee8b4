use std::time::{Duration, Instant};

use super::*;
use crate::accounts::password::{NewPassword, StoredHash};
use crate::storage::limits::Limits;
use crate::storage::testing::TempDir;

const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);

static NO_DEVICES: Devices = Devices::NONE;

async fn open(database: &Database, demo_users: DemoUsers) -> LogIn {
    let throttle = Throttle::new(Limits::open(database).await.unwrap());
    let key = Key::derive(&"a signing key".into());
    LogIn::new(database, throttle, key, demo_users)
}

fn user_agent() -> UserAgent {
    UserAgent::new(b"")
}

fn credentials(username: &str, password: &str) -> Credentials {
    Credentials {
        username: username.to_owned(),
        password: Password::from(password.to_owned()),
    }
}

async fn add(log_in: &LogIn, name: &str, password: &str) -> UserName {
    let name: UserName = name.parse().unwrap();
    let hash = StoredHash::new(&NewPassword::try_from(password.to_owned()).unwrap()).unwrap();
    assert!(log_in.users.add(&name, &hash, now()).await.unwrap());
    name
}

#[tokio::test]
async fn every_log_in_costs_one_comparison_and_fails_alike() {
    let dir = TempDir::new();
    let log_in = open(&dir.database().await, DemoUsers::UntilFirstUser).await;
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
        ("another case", "Alice", "correct horse", true),
        ("no such user", "mallory", "correct horse", false),
        ("no name", "", "correct horse", false),
        ("a name with a NUL", "ali\0ce", "correct horse", false),
        ("a name too long to be one", &long, "correct horse", false),
        ("disabled", "gone", "correct horse", false),
        (
            "a demo user, although there are others",
            "user1",
            "password1",
            false,
        ),
    ] {
        let before = log_in.queue.compared();
        let verified = log_in
            .verify(credentials(username, password), HERE, &NO_DEVICES)
            .await;
        match verified {
            Ok(user) => assert!(is_right && user.name.as_str() == "alice", "{name}"),
            Err(LogInError::InvalidCredentials) => assert!(!is_right, "{name}"),
            Err(other) => panic!("{name}: {other:?}"),
        }
        assert_eq!(log_in.queue.compared() - before, 1, "{name}");
    }
}

#[tokio::test]
async fn a_name_is_trimmed_and_composed_before_it_is_looked_up() {
    let dir = TempDir::new();
    let log_in = open(&dir.database().await, DemoUsers::Never).await;
    add(&log_in, "jos\u{e9}", "correct horse").await;
    // An earlier release took names in any form.
    add(&log_in, "rene\u{301}", "correct horse").await;
    for (name, username, found) in [
        ("as it is", "jos\u{e9}", Some("jos\u{e9}")),
        (
            "a blank at the end, as phones add it",
            "jos\u{e9} ",
            Some("jos\u{e9}"),
        ),
        (
            "blanks and a line break",
            "\t jos\u{e9}\r\n",
            Some("jos\u{e9}"),
        ),
        (
            "in parts, as macOS has names",
            "jose\u{301}",
            Some("jos\u{e9}"),
        ),
        (
            "a former account, exactly",
            "rene\u{301}",
            Some("rene\u{301}"),
        ),
        ("a former account in another form", "ren\u{e9}", None),
        ("without the accent", "jose", None),
    ] {
        let verified = log_in
            .verify(credentials(username, "correct horse"), HERE, &NO_DEVICES)
            .await;
        let seen = verified
            .as_ref()
            .ok()
            .map(|verified| verified.name.as_str());
        assert_eq!(seen, found, "{name}");
        if let Ok(verified) = &verified {
            assert!(log_in.confirm(verified).await.is_ok(), "{name}");
        }
    }
}

#[tokio::test]
async fn forms_of_a_name_are_counted_together() {
    let dir = TempDir::new();
    let log_in = open(&dir.database().await, DemoUsers::Never).await;
    add(&log_in, "jos\u{e9}", "correct horse").await;
    let forms = ["jos\u{e9}", "jose\u{301}", " JOS\u{c9} ", "JOSE\u{301}"];
    for form in forms.iter().cycle().take(10) {
        log_in
            .verify(credentials(form, "wrong"), HERE, &NO_DEVICES)
            .await
            .unwrap_err();
    }
    for form in forms {
        let error = log_in
            .verify(credentials(form, "correct horse"), HERE, &NO_DEVICES)
            .await
            .unwrap_err();
        assert!(
            matches!(error, LogInError::RateLimited { .. }),
            "{form}: {error:?}"
        );
    }
}

/// In lower case this name is no longer in normalization form C.
#[tokio::test]
async fn forms_of_a_name_are_counted_together_after_an_unlock_too() {
    let dir = TempDir::new();
    let log_in = open(&dir.database().await, DemoUsers::Never).await;
    let composed = "J\u{30c}os\u{e9}";
    let name = add(&log_in, composed, "correct horse").await;
    assert!(log_in.users.unlock(&name).await.unwrap());
    for _ in 0..10 {
        log_in
            .verify(credentials(composed, "wrong"), HERE, &NO_DEVICES)
            .await
            .unwrap_err();
    }
    let decomposed = credentials("J\u{30c}ose\u{301}", "correct horse");
    let error = log_in
        .verify(decomposed, HERE, &NO_DEVICES)
        .await
        .unwrap_err();
    assert!(matches!(error, LogInError::RateLimited { .. }), "{error:?}");
}

#[tokio::test]
async fn demo_users_exist_until_the_first_user_does() {
    let dir = TempDir::new();
    let database = dir.database().await;
    let log_in = open(&database, DemoUsers::UntilFirstUser).await;
    let elsewhere = open(&database, DemoUsers::Never).await;
    for (username, password, is_right) in [
        ("user1", "password1", true),
        ("user2", "password2", true),
        ("user1", "password2", false),
        ("USER1", "password1", true),
        ("user3", "password1", false),
    ] {
        let verified = log_in
            .verify(credentials(username, password), HERE, &NO_DEVICES)
            .await;
        assert_eq!(verified.is_ok(), is_right, "{username} {password}");
        let verified = elsewhere
            .verify(credentials(username, password), HERE, &NO_DEVICES)
            .await;
        assert!(verified.is_err(), "{username} {password}");
    }
    let verified = log_in
        .verify(credentials("user1", "password1"), HERE, &NO_DEVICES)
        .await
        .unwrap();
    assert!(log_in.confirm(&verified).await.is_ok());
    add(&log_in, "alice", "correct horse").await;
    assert!(log_in.confirm(&verified).await.is_err());
    assert!(
        log_in
            .verify(credentials("user1", "password1"), HERE, &NO_DEVICES)
            .await
            .is_err()
    );
}

#[tokio::test]
async fn a_change_of_the_account_meanwhile_is_found() {
    let dir = TempDir::new();
    let log_in = open(&dir.database().await, DemoUsers::Never).await;
    let alice = add(&log_in, "alice", "correct horse").await;
    let verified = log_in
        .verify(credentials("alice", "correct horse"), HERE, &NO_DEVICES)
        .await
        .unwrap();
    assert!(log_in.confirm(&verified).await.is_ok());
    log_in.users.disable(&alice, now()).await.unwrap();
    assert!(log_in.confirm(&verified).await.is_err());
    log_in.users.enable(&alice).await.unwrap();
    assert!(log_in.confirm(&verified).await.is_ok());
    let hash =
        StoredHash::new(&NewPassword::try_from("correct horse".to_owned()).unwrap()).unwrap();
    log_in.users.set_password(&alice, &hash).await.unwrap();
    assert!(
        log_in.confirm(&verified).await.is_err(),
        "the same password, set once more"
    );
}

#[tokio::test]
async fn a_password_is_changed_unless_the_account_was_meanwhile() {
    let dir = TempDir::new();
    let log_in = open(&dir.database().await, DemoUsers::Never).await;
    let alice = add(&log_in, "alice", "correct horse").await;
    let verify = async |password| {
        let typed = credentials("alice", password);
        log_in.verify(typed, HERE, &NO_DEVICES).await
    };
    let change = async |verified, new: &str| {
        let new = NewPassword::try_from(new.to_owned()).unwrap();
        log_in.change_password(verified, new).await
    };
    let first = verify("correct horse").await.unwrap();
    let second = verify("correct horse").await.unwrap();
    let changed = change(first, "the first one").await.unwrap();
    log_in.confirm(&changed).await.unwrap();
    let late = change(second, "the second one").await;
    assert!(matches!(late, Err(LogInError::InvalidCredentials)));
    let verified = verify("the first one").await.unwrap();
    log_in.users.disable(&alice, now()).await.unwrap();
    let disabled = change(verified, "the third one").await;
    assert!(matches!(disabled, Err(LogInError::InvalidCredentials)));
}

#[tokio::test]
async fn an_outdated_hash_is_replaced_at_log_in() {
    let dir = TempDir::new();
    let log_in = open(&dir.database().await, DemoUsers::Never).await;
    let alice: UserName = "alice".parse().unwrap();
    let weak = StoredHash::outdated("correct horse");
    log_in.users.add(&alice, &weak, now()).await.unwrap();
    let stored = async || log_in.users.find(&alice).await.unwrap().unwrap().hash;
    let right = || log_in.verify(credentials("alice", "correct horse"), HERE, &NO_DEVICES);

    let _ = log_in
        .verify(credentials("alice", "wrong"), HERE, &NO_DEVICES)
        .await
        .unwrap_err();
    assert_eq!(stored().await, weak);
    // Two concurrent log-ins both succeed, and both can be confirmed.
    let (one, other) = tokio::join!(right(), right());
    let strong = stored().await;
    assert_ne!(strong, weak);
    for verified in [one.unwrap(), other.unwrap(), right().await.unwrap()] {
        assert!(log_in.confirm(&verified).await.is_ok());
    }
    assert_eq!(stored().await, strong);
}

#[tokio::test]
async fn a_damaged_hash_matches_no_password() {
    let dir = TempDir::new();
    let log_in = open(&dir.database().await, DemoUsers::Never).await;
    let alice: UserName = "alice".parse().unwrap();
    let damaged = StoredHash::from_database("$argon2id$".to_owned());
    log_in.users.add(&alice, &damaged, now()).await.unwrap();
    let error = log_in
        .verify(credentials("alice", ""), HERE, &NO_DEVICES)
        .await
        .unwrap_err();
    assert!(matches!(error, LogInError::InvalidCredentials), "{error:?}");
}

#[tokio::test]
async fn after_ten_failures_not_even_the_right_password_is_compared() {
    let dir = TempDir::new();
    let log_in = open(&dir.database().await, DemoUsers::Never).await;
    add(&log_in, "alice", "correct horse").await;
    let mut known = Devices::default();
    let verified = log_in
        .verify(credentials("alice", "correct horse"), HERE, &known)
        .await;
    known = log_in
        .remember(verified.unwrap(), &known, &user_agent())
        .await
        .unwrap();
    for count in 0..10 {
        let address = format!("192.0.2.{count}").parse().unwrap();
        let error = log_in
            .verify(credentials("alice", "wrong"), address, &NO_DEVICES)
            .await
            .unwrap_err();
        assert!(matches!(error, LogInError::InvalidCredentials), "{error:?}");
    }
    let before = log_in.queue.compared();
    let error = log_in
        .verify(credentials("alice", "correct horse"), HERE, &NO_DEVICES)
        .await
        .unwrap_err();
    let LogInError::RateLimited { retry_after } = error else {
        panic!("{error:?}");
    };
    assert!(retry_after <= Duration::from_secs(90), "{retry_after:?}");
    assert_eq!(log_in.queue.compared(), before);
    let verified = log_in
        .verify(credentials("alice", "correct horse"), HERE, &known)
        .await;
    assert!(verified.is_ok(), "a device that is known");
}

#[tokio::test]
async fn an_attempt_whose_client_goes_away_is_charged() {
    let dir = TempDir::new();
    let log_in = open(&dir.database().await, DemoUsers::Never).await;
    add(&log_in, "alice", "correct horse").await;
    let mut abandoned = 0;
    for count in 0..10 {
        let before = log_in.queue.compared();
        let is_being_compared = async {
            while log_in.queue.compared() == before {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        };
        let address = format!("192.0.2.{count}").parse().unwrap();
        // On a slow machine the comparison may be over first.
        tokio::select! {
            biased;
            () = is_being_compared => abandoned += 1,
            _ = log_in.verify(credentials("alice", "wrong"), address, &NO_DEVICES) => {}
        }
    }
    assert!(abandoned > 0);
    let right = credentials("alice", "correct horse");
    let error = log_in.verify(right, HERE, &NO_DEVICES).await.unwrap_err();
    assert!(matches!(error, LogInError::RateLimited { .. }), "{error:?}");
}

#[tokio::test]
async fn concurrent_right_log_ins_are_all_let_in() {
    let dir = TempDir::new();
    let log_in = open(&dir.database().await, DemoUsers::Never).await;
    add(&log_in, "alice", "correct horse").await;
    let attempts: Vec<_> = (0..30)
        .map(|_| {
            let log_in = log_in.clone();
            let right = credentials("alice", "correct horse");
            tokio::spawn(async move { log_in.verify(right, HERE, &NO_DEVICES).await.is_ok() })
        })
        .collect();
    for (count, attempt) in attempts.into_iter().enumerate() {
        assert!(attempt.await.unwrap(), "{count}");
    }
}

#[tokio::test]
async fn a_new_password_ends_what_devices_were_known() {
    let dir = TempDir::new();
    let log_in = open(&dir.database().await, DemoUsers::Never).await;
    let alice = add(&log_in, "alice", "correct horse").await;
    let right = || credentials("alice", "correct horse");
    let verified = log_in.verify(right(), HERE, &NO_DEVICES).await.unwrap();
    assert!(verified.device.is_none());
    let known = log_in
        .remember(verified, &NO_DEVICES, &user_agent())
        .await
        .unwrap();
    let verified = log_in.verify(right(), HERE, &known).await.unwrap();
    assert!(verified.device.is_some());
    assert_eq!(
        log_in
            .remember(verified, &known, &user_agent())
            .await
            .unwrap(),
        known
    );

    let hash = StoredHash::new(&NewPassword::try_from("correct horse".to_owned()).unwrap());
    log_in
        .users
        .set_password(&alice, &hash.unwrap())
        .await
        .unwrap();
    let verified = log_in.verify(right(), HERE, &known).await.unwrap();
    assert!(verified.device.is_none());
}

#[tokio::test]
async fn a_full_queue_counts_nothing() {
    let dir = TempDir::new();
    let log_in = open(&dir.database().await, DemoUsers::Never).await;
    add(&log_in, "alice", "correct horse").await;
    let slots: Vec<_> = std::iter::from_fn(|| log_in.queue.enter().ok()).collect();
    assert!(slots.len() > 64);
    for _ in 0..20 {
        let error = log_in
            .verify(credentials("alice", "wrong"), HERE, &NO_DEVICES)
            .await
            .unwrap_err();
        assert!(matches!(error, LogInError::Busy), "{error:?}");
    }
    // A device that is known is let in while the rest of the queue is taken by guesses.
    let alice: UserName = "alice".parse().unwrap();
    let device = log_in
        .known_devices
        .add(&alice, 1, &user_agent(), now())
        .await
        .unwrap();
    let mut known = Devices::default();
    known.insert(device);
    let guesses: Vec<_> = slots
        .into_iter()
        .map(|slot| tokio::spawn(slot.compare(Password::from("wrong".to_owned()), None)))
        .collect();
    let start = Instant::now();
    let right = credentials("alice", "correct horse");
    assert!(log_in.verify(right, HERE, &known).await.is_ok());
    println!("let in after {:?} in a full queue", start.elapsed());
    for guess in guesses {
        guess.await.unwrap().unwrap();
    }
    assert!(
        log_in
            .verify(credentials("alice", "correct horse"), HERE, &NO_DEVICES)
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
