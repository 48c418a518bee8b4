//! Tests that entries are removed in time and not early. What the methods answer is tested by the
//! cases for every store.

mod contents;
mod steps;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use self::contents::Contents;
use super::MemoryStore;
use crate::clock::{Clock, UnixTime};
use crate::store::{
    AccountId, Admit, AdmitPurpose, Created, EndReason, ListSessions, NewSession, PresentedToken,
    RevokeSession, RevokeToken, RevokeUser, Rotate, Rotation, SessionId, SessionRow, Store as _,
    TokenId, UserRevocation,
};
use crate::testing::block_on as answer;

#[test]
fn a_session_is_kept_to_the_millisecond() {
    for (row, kept_for, goes_after) in [
        ("no longer than it lives", None, 100),
        ("no longer than it lives", Some(50), 100),
        ("as long as it lives", Some(100), 100),
        ("for as long as was asked", Some(200), 200),
    ] {
        let (store, clock) = store();
        let mut new = new_session("user1", "session", 100, 1_000);
        new.keep_until = kept_for.map(after);
        create(&store, new);
        clock.set(START + goes_after - 1);
        work(&store);
        assert_eq!(Contents::of(&store).sessions.len(), 1, "kept {row}");
        clock.set(START + goes_after);
        work(&store);
        assert_eq!(Contents::of(&store), Contents::default(), "kept {row}");
    }
}

#[test]
fn a_session_that_was_revoked_is_kept_for_a_minute() {
    const MINUTE: u64 = 60_000;
    for (row, lives_for, kept_for, goes_after) in [
        (
            "although it would have lived for longer",
            1_000_000,
            None,
            MINUTE,
        ),
        ("no longer than it would have lived", 100, None, 100),
        (
            "for as long as was asked",
            1_000_000,
            Some(200_000),
            200_000,
        ),
    ] {
        let (store, clock) = store();
        let mut new = new_session("user1", "session", lives_for, lives_for);
        new.keep_until = kept_for.map(after);
        create(&store, new);
        assert!(revoke_session(&store, "user1", "session"), "{row}");
        clock.set(START + goes_after - 1);
        work(&store);
        assert_eq!(Contents::of(&store).sessions.len(), 1, "kept {row}");
        clock.set(START + goes_after);
        work(&store);
        assert_eq!(Contents::of(&store), Contents::default(), "kept {row}");
    }
}

#[test]
fn a_session_that_was_refreshed_is_kept_for_longer() {
    let (store, clock) = store();
    create(&store, new_session("user1", "session", 100, 250));
    for (refreshed_at, generation, ends_at) in [(90, 1, 190), (180, 2, 250)] {
        clock.set(START + refreshed_at);
        rotate(&store, "user1", "session", generation, 100);
        clock.set(START + ends_at - 1);
        work(&store);
        assert_eq!(ids(&store, "user1").len(), 1, "until {ends_at}");
    }
    clock.set(START + 250);
    work(&store);
    assert_eq!(Contents::of(&store), Contents::default());
}

#[test]
fn a_revocation_is_kept_to_the_millisecond() {
    let (store, clock) = store();
    revoke_token(&store, "user1", "token", after(100));
    revoke_token(&store, "user1", "token", after(60));
    revoke_token(&store, "user1", "token", after(200));
    revoke_user(&store, "user1", UserRevocation::All, 100);
    revoke_user(&store, "user1", UserRevocation::All, 50);
    revoke_user(&store, "user1", UserRevocation::All, 150);
    for (at, tokens, users) in [(149, 1, 1), (150, 1, 0), (199, 1, 0), (200, 0, 0)] {
        clock.set(START + at);
        work(&store);
        let kept = Contents::of(&store);
        let sizes = (kept.tokens.len(), kept.users.len());
        assert_eq!(sizes, (tokens, users), "at {at}");
    }
}

#[test]
fn calls_that_change_nothing_take_no_memory() {
    let (store, _clock) = store();
    let unknown = || AccountId::new(None, "unknown");
    let none = || SessionId::from("none");
    revoke_user(&store, "unknown", UserRevocation::AllBut(none()), 100);
    revoke_token(&store, "unknown", "token", after(0));
    rotate(&store, "unknown", "none", 1, 100);
    revoke_session(&store, "unknown", "none");
    let purpose = AdmitPurpose::Access { generation: 1 };
    let admit = Admit::new(unknown(), TokenId::from("token"), after(0), purpose);
    answer(store.admit(admit.clone())).unwrap();
    answer(store.admit(admit.in_session(none()))).unwrap();
    answer(store.list(ListSessions::new(unknown(), 10))).unwrap();
    assert_eq!(Contents::of(&store), Contents::default());
}

#[test]
fn purge_returns_how_many_entries_it_removed() {
    let (store, clock) = store();
    let mut expected = 0;
    for n in 0..700 {
        let user = format!("user{}", n % 7);
        create(&store, new_session(&user, &format!("short {n}"), 100, 100));
        create(&store, new_session(&user, &format!("long {n}"), 200, 200));
        revoke_token(&store, &user, &format!("short {n}"), after(100));
        revoke_token(&store, &user, &format!("long {n}"), after(200));
        expected += 2;
    }
    revoke_user(&store, "user1", UserRevocation::Before(after(0)), 100);
    expected += 1;
    clock.set(START + 99);
    assert_eq!(answer(store.purge()).unwrap(), 0);
    clock.set(START + 100);
    assert_eq!(answer(store.purge()).unwrap(), expected);
    assert_eq!(answer(store.purge()).unwrap(), 0);
    Contents::of(&store);
    clock.set(START + 200);
    assert_eq!(answer(store.purge()).unwrap(), expected - 1);
    assert_eq!(Contents::of(&store), Contents::default());
}

#[test]
fn log_ins_alone_keep_the_store_small() {
    const LIFE: u64 = 100;
    let (store, clock) = store();
    for n in 0..20_000 {
        clock.set(START + n);
        let user = format!("user{n}");
        create(&store, new_session(&user, &user, LIFE, LIFE));
        revoke_token(&store, &user, "token", after(n + LIFE));
        if n % 1_000 == 999 {
            // The live entries, and in each shard those that ended since its last log-in.
            let kept = Contents::of(&store);
            let some = 4 * usize::try_from(LIFE).unwrap();
            for (map, size) in [
                ("sessions", kept.sessions.len()),
                ("tokens", kept.tokens.len()),
                ("users", kept.users.len()),
            ] {
                assert!(size < some, "{size} {map} after {n} log-ins");
            }
        }
    }
    Contents::of(&store);
}

#[test]
fn a_clock_that_goes_back_ends_nothing_and_revives_nothing() {
    let (store, clock) = store();
    let live = new_session("user1", "live", 1_000, 1_000);
    create(&store, live);
    clock.set(START - 500_000);
    assert_eq!(ids(&store, "user1"), [SessionId::from("live")]);

    clock.set(START + 10);
    revoke_user(&store, "user1", UserRevocation::All, 1_000);
    clock.set(START - 500_000);
    assert!(ids(&store, "user1").is_empty());
    let made = create(&store, new_session("user1", "later", 1_000, 1_000));
    assert_eq!(made.created_at, UnixTime::from_millis(START - 500_000));
    assert_eq!(ids(&store, "user1"), [SessionId::from("later")]);
    // The not-before stays where it was, before the session `later`, which is revoked all the same.
    revoke_user(&store, "user1", UserRevocation::All, 1_000);
    assert!(ids(&store, "user1").is_empty());
    Contents::of(&store);
}

#[test]
fn a_clock_that_panics_fails_one_caller_only() {
    let (store, clock) = store();
    create(&store, new_session("user1", "session", 100, 100));
    clock.set(PANICS);
    for _ in 0..2 {
        catch_unwind(AssertUnwindSafe(|| ids(&store, "user1"))).unwrap_err();
    }
    clock.set(START);
    assert_eq!(ids(&store, "user1"), [SessionId::from("session")]);
    Contents::of(&store);
}

#[test]
fn instants_are_whole_milliseconds() {
    #[derive(Debug)]
    struct Fine;
    impl Clock for Fine {
        fn now(&self) -> UnixTime {
            after(0).saturating_add(Duration::from_nanos(999_999))
        }
    }
    let store = MemoryStore::with_clock(Fine);
    let made = create(&store, new_session("user1", "session", 100, 200));
    assert_eq!(made.created_at, after(0));
    assert_eq!(made.idle_expires, after(100));
    assert_eq!(made.absolute_expires, after(200));
}

#[test]
fn debug_shows_no_contents() {
    let (store, _clock) = store();
    create(&store, new_session("user1", "session", 100, 100));
    assert_eq!(format!("{store:?}"), "MemoryStore { .. }");
}

/// A clock that the test sets.
#[derive(Debug, Clone)]
struct Millis(Arc<AtomicU64>);

impl Millis {
    fn set(&self, millis: u64) {
        self.0.store(millis, Ordering::Relaxed);
    }
}

impl Clock for Millis {
    fn now(&self) -> UnixTime {
        let millis = self.0.load(Ordering::Relaxed);
        assert_ne!(millis, PANICS, "a broken clock");
        UnixTime::from_millis(millis)
    }
}

const START: u64 = 1_000_000;
const PANICS: u64 = u64::MAX;

fn store() -> (MemoryStore, Millis) {
    let clock = Millis(Arc::new(AtomicU64::new(START)));
    (MemoryStore::with_clock(clock.clone()), clock)
}

fn after(millis: u64) -> UnixTime {
    UnixTime::from_millis(START + millis)
}

fn account(user: &str) -> AccountId {
    AccountId::new(None, user)
}

fn new_session(user: &str, session: &str, idle: u64, absolute: u64) -> NewSession {
    NewSession::new(
        SessionId::from(session),
        account(user),
        TokenId::from("first"),
        Duration::from_millis(idle),
        Duration::from_millis(absolute),
    )
}

fn create(store: &MemoryStore, new: NewSession) -> SessionRow {
    match answer(store.create(new)).unwrap() {
        Created::New { row, .. } => row,
        Created::AlreadyExists(row) => panic!("there was {row:?}"),
    }
}

/// Presents the token of this generation, without a grace window.
fn rotate(store: &MemoryStore, user: &str, session: &str, generation: u64, idle: u64) -> Rotation {
    let session = SessionId::from(session);
    let token = (1..generation).fold(TokenId::from("first"), |token, _| token.successor(&session));
    let presented = PresentedToken::new(&session, token, generation, Duration::ZERO);
    let mut rotate = Rotate::new(
        account(user),
        session,
        presented,
        Duration::from_millis(idle),
    );
    rotate.acknowledged = true;
    answer(store.rotate(rotate)).unwrap()
}

fn revoke_session(store: &MemoryStore, user: &str, session: &str) -> bool {
    let session = SessionId::from(session);
    let revoke = RevokeSession::new(account(user), session, EndReason::LoggedOut);
    answer(store.revoke_session(revoke)).unwrap()
}

fn revoke_token(store: &MemoryStore, user: &str, token: &str, until: UnixTime) {
    let revoke = RevokeToken::new(account(user), TokenId::from(token), until);
    answer(store.revoke_token(revoke)).unwrap();
}

fn revoke_user(store: &MemoryStore, user: &str, which: UserRevocation, keep: u64) {
    let keep = Duration::from_millis(keep);
    let revoke = RevokeUser::new(account(user), which, EndReason::Revoked, keep);
    answer(store.revoke_user(revoke)).unwrap();
}

fn ids(store: &MemoryStore, user: &str) -> Vec<SessionId> {
    let listed = answer(store.list(ListSessions::new(account(user), usize::MAX))).unwrap();
    listed.rows.into_iter().map(|row| row.id).collect()
}

/// The traffic of a busy store: calls of many accounts, which add nothing.
fn work(store: &MemoryStore) {
    for n in 0..2_000 {
        revoke_session(store, &format!("stranger {n}"), "none");
    }
}
