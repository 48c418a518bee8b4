use handstamp_axum::handstamp::clock::UnixTime;

use super::{User, Users};
use crate::accounts::password::StoredHash;
use crate::accounts::user_name::UserName;
use crate::storage::testing::TempDir;

const NOW: UnixTime = UnixTime::from_secs(1_000_000);

fn name(text: &str) -> UserName {
    text.parse().unwrap()
}

fn hash(text: &str) -> StoredHash {
    StoredHash::from_database(text.to_owned())
}

#[tokio::test]
async fn no_two_names_differ_by_case_alone() {
    let dir = TempDir::new();
    let users = Users::new(dir.database().await);
    assert!(users.is_empty().await.unwrap());
    for (row, text, is_free) in [
        ("the first", "Zoë", true),
        ("the same", "Zoë", false),
        ("in capitals", "ZOË", false),
        ("without the dots", "Zoe", true),
        ("another", "adam", true),
    ] {
        let added = users.add(&name(text), &hash("x"), NOW).await.unwrap();
        assert_eq!(added, is_free, "{row}");
    }
    assert!(!users.is_empty().await.unwrap());
    for (row, typed, found) in [
        ("as it is", "Zoë", Some("Zoë")),
        ("in small letters", "zoë", Some("Zoë")),
        ("in capitals, of two code points", "ZOE\u{308}", Some("Zoë")),
        ("another one", "ZOE", Some("Zoe")),
        ("none", "zo", None),
    ] {
        let user = users.find_typed(&name(typed)).await.unwrap();
        let user = user.map(|user| user.name);
        assert_eq!(user.as_ref().map(UserName::as_str), found, "{row}");
    }
    let other = users.find(&name("zoë")).await.unwrap();
    assert_eq!(other, None, "commands take a name exactly");
    let listed = users.list().await.unwrap();
    let expected = ["adam", "Zoe", "Zoë"].map(|name| (name.to_owned(), true));
    assert_eq!(listed, expected);
}

#[tokio::test]
async fn a_table_whose_last_user_was_removed_is_empty_and_not_unused() {
    let dir = TempDir::new();
    let users = Users::new(dir.database().await);
    let alice = name("alice");
    let state = async || {
        let is_empty = users.is_empty().await.unwrap();
        (is_empty, users.is_unused().await.unwrap())
    };
    assert_eq!(state().await, (true, true), "a new table");
    for round in ["added", "added again"] {
        assert!(users.add(&alice, &hash("x"), NOW).await.unwrap(), "{round}");
        assert_eq!(state().await, (false, false), "{round}");
        assert!(users.remove(&alice).await.unwrap(), "{round}");
        assert_eq!(state().await, (true, false), "{round}, and removed");
    }
    assert!(!users.remove(&alice).await.unwrap());
}

#[tokio::test]
async fn a_user_is_disabled_and_enabled() {
    let dir = TempDir::new();
    let users = Users::new(dir.database().await);
    let (alice, mallory) = (name("alice"), name("mallory"));
    users.add(&alice, &hash("x"), NOW).await.unwrap();
    for (row, done, may_log_in) in [
        ("disabled", users.disable(&alice, NOW).await.unwrap(), false),
        (
            "disabled again",
            users.disable(&alice, NOW).await.unwrap(),
            false,
        ),
    ] {
        assert!(done, "{row}");
        let user = users.find(&alice).await.unwrap().unwrap();
        assert_eq!(user.may_log_in, may_log_in, "{row}");
    }
    assert!(users.enable(&alice).await.unwrap());
    assert_eq!(
        users.find(&alice).await.unwrap(),
        Some(User {
            name: alice.clone(),
            hash: hash("x"),
            password_number: 1,
            may_log_in: true
        })
    );
    assert!(!users.disable(&mallory, NOW).await.unwrap());
    assert!(!users.enable(&mallory).await.unwrap());
}

#[tokio::test]
async fn a_hash_replaces_only_the_one_that_was_compared() {
    let dir = TempDir::new();
    let users = Users::new(dir.database().await);
    let alice = name("alice");
    users.add(&alice, &hash("old"), NOW).await.unwrap();
    let stored = async || {
        let user = users.find(&alice).await.unwrap().unwrap();
        (user.hash, user.password_number)
    };
    users
        .replace_hash(&alice, &hash("old"), &hash("new"))
        .await
        .unwrap();
    assert_eq!(stored().await, (hash("new"), 1), "the same password");
    assert!(users.set_password(&alice, &hash("changed")).await.unwrap());
    assert_eq!(stored().await, (hash("changed"), 2), "another password");
    users
        .replace_hash(&alice, &hash("new"), &hash("newer"))
        .await
        .unwrap();
    assert_eq!(stored().await, (hash("changed"), 2), "too late");
    assert!(
        !users
            .set_password(&name("mallory"), &hash("x"))
            .await
            .unwrap()
    );
}
