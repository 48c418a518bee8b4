//! Tests of sessions from log-in to their end.

use std::time::Duration;

use handstamp::clock::UnixTime;
use handstamp::store::{
    AccountId, Admission, Admit, AdmitPurpose, Created, EndReason, RevokeSession, RevokeToken,
    RevokeUser, Store as _, TokenId, UserRevocation,
};
use handstamp_conformance::services::Redis;
use redis::AsyncCommands as _;
use tokio::time::sleep;

use crate::scene::{HOUR, NONE, Session, account, connect, list, store, way};

#[tokio::test]
async fn a_session_from_log_in_to_log_out() {
    let server = Redis::start();
    let store = store(&server);
    let session = Session::of(account(), "one");

    let row = session.begin(&store).await;
    assert_eq!(row.id, session.id);
    assert_eq!(row.account, session.account);
    assert_eq!(row.generation, 1);
    assert_eq!(row.current, session.token(1));
    assert!(row.acknowledged);
    assert_eq!(row.rotated_at, row.created_at);
    assert_eq!(row.grace_started_at, row.created_at);
    assert_eq!(row.last_active, row.created_at);
    assert_eq!(row.idle_expires.saturating_since(row.created_at), HOUR);
    assert_eq!(
        row.absolute_expires.saturating_since(row.created_at),
        24 * HOUR
    );
    assert_eq!(row.revoked, None);

    let mut other = session.new_session();
    other.data = "another".to_owned();
    let Created::AlreadyExists(existing) = store.create(other).await.unwrap() else {
        panic!("a second session of the same id");
    };
    assert_eq!(existing, row);

    // The response of a refresh is lost; then all responses arrive.
    for (generation, grace, expected) in [
        (1, HOUR, "Debounced 1"),
        (1, NONE, "Rotated 2"),
        (1, HOUR, "Reissued 2"),
    ] {
        let rotation = store
            .rotate(session.rotate(generation, grace))
            .await
            .unwrap();
        assert_eq!(way(&rotation), expected);
    }
    sleep(Duration::from_millis(5)).await;
    let rotation = store.rotate(session.rotate(1, NONE)).await.unwrap();
    assert_eq!(way(&rotation), "ReissuedLate 2");

    let row = store.list(list(account())).await.unwrap().rows.remove(0);
    assert!(!row.acknowledged);
    assert_eq!(row.grace_started_at, row.rotated_at);
    let admission = store.admit(session.access(2)).await.unwrap();
    assert_eq!(admission, Admission::Admitted);
    let row = store.list(list(account())).await.unwrap().rows.remove(0);
    assert!(row.acknowledged);
    assert!(
        row.grace_started_at > row.rotated_at,
        "the grace window starts"
    );
    assert_eq!(row.last_active, row.created_at, "touch_after is not set");
    let mut touching = session.access(2);
    touching.touch_after = Some(Duration::from_millis(1));
    assert_eq!(store.admit(touching).await.unwrap(), Admission::Admitted);
    let row = store.list(list(account())).await.unwrap().rows.remove(0);
    assert!(row.last_active > row.created_at);

    let revoke = RevokeSession::new(account(), session.id.clone(), EndReason::LoggedOut);
    assert!(store.revoke_session(revoke.clone()).await.unwrap());
    assert!(!store.revoke_session(revoke).await.unwrap());
    assert_eq!(store.list(list(account())).await.unwrap().rows, []);
    let admission = store.admit(session.access(2)).await.unwrap();
    assert_eq!(admission, Admission::SessionEnded);
    let rotation = store.rotate(session.rotate(2, HOUR)).await.unwrap();
    assert_eq!(way(&rotation), "Ended");
    let Created::AlreadyExists(row) = store.create(session.new_session()).await.unwrap() else {
        panic!("an ended session was replaced");
    };
    let (at, reason) = row.revoked.unwrap();
    assert!(at >= row.created_at);
    assert_eq!(reason, EndReason::LoggedOut);
    assert_eq!(store.purge().await.unwrap(), 0);
}

#[tokio::test]
async fn a_replay_ends_the_session_and_admit_only_reports_it() {
    let server = Redis::start();
    let store = store(&server);
    for (name, acknowledge, generation, expected) in [
        ("the one before, acknowledged", true, 2, "Reused Recent"),
        ("an older one", false, 1, "Reused Stale"),
    ] {
        let session = Session::of(account(), name);
        session.begin(&store).await;
        for generation in [1, 2] {
            store.admit(session.access(generation)).await.unwrap();
            let rotation = store
                .rotate(session.rotate(generation, NONE))
                .await
                .unwrap();
            assert_eq!(way(&rotation), format!("Rotated {}", generation + 1));
        }
        if acknowledge {
            store.admit(session.access(3)).await.unwrap();
        }
        sleep(Duration::from_millis(5)).await;

        let admission = store.admit(session.refresh(generation, NONE)).await;
        assert_eq!(admission.unwrap(), Admission::Reused, "{name}");
        let admission = store.admit(session.refresh(3, NONE)).await.unwrap();
        assert_eq!(
            admission,
            Admission::Admitted,
            "{name}: it only reported it"
        );

        let rotation = store.rotate(session.rotate(generation, NONE)).await;
        assert_eq!(way(&rotation.unwrap()), expected);
        let rotation = store.rotate(session.rotate(3, NONE)).await.unwrap();
        assert_eq!(way(&rotation), "Ended", "{name}");
        let Created::AlreadyExists(row) = store.create(session.new_session()).await.unwrap() else {
            panic!("{name}: it is gone");
        };
        assert_eq!(row.revoked.unwrap().1, EndReason::Reused, "{name}");
    }
}

#[tokio::test]
async fn a_store_that_lost_its_last_writes_takes_them_from_the_token() {
    let server = Redis::start();
    let store = store(&server);
    let session = Session::of(account(), "one");
    session.begin(&store).await;

    let admission = store.admit(session.refresh(5, NONE)).await.unwrap();
    assert_eq!(admission, Admission::Admitted);
    let rotation = store.rotate(session.rotate(5, NONE)).await.unwrap();
    assert_eq!(way(&rotation), "Recovered 5");
    let row = store.list(list(account())).await.unwrap().rows.remove(0);
    assert_eq!(row.current, session.token(5));
    assert!(row.acknowledged);
    sleep(Duration::from_millis(5)).await;
    let rotation = store.rotate(session.rotate(5, NONE)).await.unwrap();
    assert_eq!(way(&rotation), "Rotated 6");

    // The largest number that a script counts exactly.
    let mut last = session.rotate(6, NONE);
    last.presented.generation = 1 << 53;
    let rotation = store.rotate(last).await.unwrap();
    assert_eq!(way(&rotation), "Recovered 9007199254740992");
    let mut beyond = session.rotate(6, NONE);
    beyond.presented.generation = (1 << 53) + 1;
    let error = store.rotate(beyond).await.unwrap_err().to_string();
    assert!(error.ends_with("a generation is above 2^53"), "{error}");
}

#[tokio::test]
async fn rotations_extend_the_session_and_never_past_its_absolute_end() {
    let server = Redis::start();
    let store = store(&server);
    let session = Session::of(account(), "one");
    let mut new = session.new_session();
    new.absolute = 2 * HOUR;
    let Created::New { row: first, .. } = store.create(new).await.unwrap() else {
        panic!("there is one");
    };
    sleep(Duration::from_millis(5)).await;

    let mut rotate = session.rotate(1, NONE);
    rotate.idle = 90 * HOUR;
    store.rotate(rotate).await.unwrap();
    let row = store.list(list(account())).await.unwrap().rows.remove(0);
    assert_eq!(row.idle_expires, first.absolute_expires);
    assert_eq!(row.absolute_expires, first.absolute_expires);

    sleep(Duration::from_millis(5)).await;
    store.admit(session.access(2)).await.unwrap();
    let mut rotate = session.rotate(2, NONE);
    rotate.idle = Duration::from_millis(500);
    store.rotate(rotate).await.unwrap();
    assert_eq!(store.list(list(account())).await.unwrap().rows.len(), 1);
    sleep(Duration::from_millis(510)).await;
    assert_eq!(store.list(list(account())).await.unwrap().rows, []);
    let rotation = store.rotate(session.rotate(3, HOUR)).await.unwrap();
    assert_eq!(way(&rotation), "Ended");

    // Longer than any clock runs.
    let session = Session::of(account(), "two");
    let mut new = session.new_session();
    (new.idle, new.absolute) = (Duration::MAX, Duration::MAX);
    store.create(new).await.unwrap();
    let row = store.list(list(account())).await.unwrap().rows.remove(0);
    assert_eq!(row.ends_at(), UnixTime::from_millis((1 << 53) - 1));
}

#[tokio::test]
async fn revocations_of_all_sessions_of_an_account() {
    let server = Redis::start();
    let store = store(&server);
    let sessions: Vec<Session> = ["a", "b", "c"].map(|id| Session::of(account(), id)).into();
    let other = Session::of(AccountId::new(None, "user2"), "d");
    for session in sessions.iter().chain([&other]) {
        session.begin(&store).await;
        sleep(Duration::from_millis(3)).await;
    }
    let revoke = |which| RevokeUser::new(account(), which, EndReason::Revoked, HOUR);
    let listed = store.list(list(account())).await.unwrap().rows;
    let ids: Vec<_> = listed.iter().map(|row| row.id.as_str()).collect();
    assert_eq!(ids, ["c", "b", "a"], "the latest first");

    let before = UserRevocation::Before(listed[2].created_at);
    let revoked = store.revoke_user(revoke(before)).await.unwrap().ids;
    assert_eq!(revoked, [sessions[0].id.clone()]);

    let but = UserRevocation::AllBut(sessions[2].id.clone());
    let revoked = store.revoke_user(revoke(but)).await.unwrap().ids;
    assert_eq!(revoked, [sessions[1].id.clone()]);

    // A token without a session is judged by the second of its issuance; clocks may be 30 seconds
    // apart.
    let purpose = AdmitPurpose::Access { generation: 0 };
    let token = |secs| {
        let issued_at = UnixTime::from_secs(secs);
        Admit::new(account(), TokenId::from("t"), issued_at, purpose.clone())
    };
    let second = listed[2].created_at.as_secs();
    for (secs, expected) in [
        (second, Admission::Revoked),
        (second + 31, Admission::Admitted),
    ] {
        assert_eq!(store.admit(token(secs)).await.unwrap(), expected);
    }

    let all = store.revoke_user(revoke(UserRevocation::All));
    assert_eq!(all.await.unwrap().ids, [sessions[2].id.clone()]);
    let again = store.revoke_user(revoke(UserRevocation::All));
    assert_eq!(again.await.unwrap().ids, []);
    assert_eq!(store.list(list(account())).await.unwrap().rows, []);
    assert_eq!(
        store
            .list(list(other.account.clone()))
            .await
            .unwrap()
            .rows
            .len(),
        1
    );

    // A not-before never moves back, and a log-in right after it is valid.
    let epoch = UserRevocation::Before(UnixTime::from_secs(0));
    store.revoke_user(revoke(epoch)).await.unwrap();
    assert_eq!(
        store.admit(token(second)).await.unwrap(),
        Admission::Revoked
    );
    let future = UserRevocation::Before(UnixTime::from_secs(1 << 40));
    store.revoke_user(revoke(future)).await.unwrap();
    let row = Session::of(account(), "e").begin(&store).await;
    assert_eq!(store.list(list(account())).await.unwrap().rows, [row]);
}

#[tokio::test]
async fn a_revoked_token_is_refused_until_it_expires() {
    let server = Redis::start();
    let store = store(&server);
    let session = Session::of(account(), "one");
    let now = session.begin(&store).await.created_at;
    let in_an_hour = now.saturating_add(HOUR);
    let soon = now.saturating_add(Duration::from_secs(1));

    let revoke = |token, until| store.revoke_token(RevokeToken::new(account(), token, until));
    revoke(session.token(1), in_an_hour).await.unwrap();
    // The later of two ends counts.
    revoke(session.token(1), soon).await.unwrap();
    revoke(session.access(1).token, soon).await.unwrap();
    revoke(TokenId::from("over"), now).await.unwrap();

    let admission = store.admit(session.access(1)).await.unwrap();
    assert_eq!(admission, Admission::Revoked);
    sleep(Duration::from_millis(1010)).await;
    let admission = store.admit(session.access(1)).await.unwrap();
    assert_eq!(admission, Admission::Admitted);
    let admission = store.admit(session.refresh(1, NONE)).await.unwrap();
    assert_eq!(admission, Admission::Revoked);
    let rotation = store.rotate(session.rotate(1, HOUR)).await.unwrap();
    assert_eq!(way(&rotation), "Revoked");
    let mut theirs = session.access(1);
    theirs.token = session.token(1);
    theirs.account = AccountId::new(None, "user2");
    theirs.session = None;
    let admission = store.admit(theirs).await.unwrap();
    assert_eq!(
        admission,
        Admission::Admitted,
        "a token of another account with the same id"
    );
}

#[tokio::test]
async fn ids_and_data_of_any_characters_come_back_as_they_were() {
    let server = Redis::start();
    let store = store(&server);
    for (row, id, user, data) in [
        (
            "as handstamp makes them",
            "AAECAwQFBgcICQoLDA0-_w",
            "user1",
            "{}",
        ),
        ("what is escaped", "a:b%c\0d", "a:b%c", "\"\\\n\0"),
        ("what is not ASCII", "é漢", "жук", "🦀"),
        ("what a key is made of", "{x}:s:", "{}", "}{"),
    ] {
        let session = Session::of(AccountId::new(Some("t:"), user), id);
        let mut new = session.new_session();
        new.token = TokenId::from(id);
        new.data = data.to_owned();
        store.create(new.clone()).await.unwrap();
        let listed = store
            .list(list(session.account.clone()))
            .await
            .unwrap()
            .rows;
        assert_eq!(listed.len(), 1, "{row}");
        assert_eq!(listed[0].id, session.id, "{row}");
        assert_eq!(listed[0].current, new.token, "{row}");
        assert_eq!(listed[0].data, data, "{row}");
        let all = RevokeUser::new(
            session.account,
            UserRevocation::All,
            EndReason::Revoked,
            HOUR,
        );
        assert_eq!(
            store.revoke_user(all).await.unwrap().ids,
            [session.id],
            "{row}"
        );
    }
}

/// As if two accounts had the same short hash.
#[tokio::test]
async fn accounts_that_share_a_tag_share_nothing_else() {
    let server = Redis::start();
    let store = store(&server);
    let mut connection = connect(&server).await;
    let (mine, theirs) = (
        Session::of(account(), "one"),
        Session::of(AccountId::new(None, "user2"), "one"),
    );
    mine.begin(&store).await;
    theirs.begin(&store).await;
    let mut keys: Vec<String> = connection.keys("handstamp:{*}:s:one").await.unwrap();
    let (user, other): (String, String) = (
        connection.hget(&keys[0], "account").await.unwrap(),
        connection.hget(&keys[1], "account").await.unwrap(),
    );
    assert_ne!(user, other);
    if user != "user1" {
        keys.swap(0, 1);
    }
    // The key of their session contains that of `mine`.
    let _: bool = connection.del(&keys[1]).await.unwrap();
    let _: bool = connection
        .copy(&keys[0], &keys[1], redis::CopyOptions::default())
        .await
        .unwrap();

    assert_eq!(
        store.list(list(theirs.account.clone())).await.unwrap().rows,
        []
    );
    let admission = store.admit(theirs.access(1)).await.unwrap();
    assert_eq!(admission, Admission::SessionEnded);
    let rotation = store.rotate(theirs.rotate(1, NONE)).await.unwrap();
    assert_eq!(way(&rotation), "Ended");
    let revoke = RevokeSession::new(
        theirs.account.clone(),
        theirs.id.clone(),
        EndReason::LoggedOut,
    );
    assert!(!store.revoke_session(revoke).await.unwrap());
    let all = RevokeUser::new(
        theirs.account.clone(),
        UserRevocation::All,
        EndReason::Revoked,
        HOUR,
    );
    assert_eq!(store.revoke_user(all).await.unwrap().ids, []);
    store.create(theirs.new_session()).await.unwrap_err();
    let revoked: Option<String> = connection.hget(&keys[1], "revoked_at").await.unwrap();
    assert_eq!(revoked, None, "it was not written to");
    assert_eq!(store.list(list(account())).await.unwrap().rows.len(), 1);
}
