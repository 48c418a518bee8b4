//! Tests of what ends sessions and tokens, and of what it leaves unchanged.

use std::sync::Arc;
use std::time::Duration;

use super::{House, house, with_store};
use crate::clock::UnixTime;
use crate::session::{EventKind, Owner};
use crate::store::{
    AccountId, EndReason, MemoryStore, NewSession, RevokeUser, SessionId, Store as _,
    UserRevocation,
};
use crate::testing::{Head, NOW, ask, builder, clock_at, now, outcome};
use crate::{NewToken, Require, days};

/// As by a node that was stopped after its first call.
#[test]
fn a_revocation_that_was_interrupted_is_recorded_by_the_purge() {
    let store = Arc::new(MemoryStore::with_clock(clock_at(0)));
    let house = with_store(builder(), Arc::clone(&store), clock_at(0));
    let account = AccountId::new(None, "user1");
    for number in 0..1_000 {
        let id = number.to_string();
        let new = NewSession::new(
            id.as_str().into(),
            account.clone(),
            id.as_str().into(),
            days(1),
            days(1),
        );
        now(store.create(new)).unwrap();
    }
    let revoke = RevokeUser::new(account, UserRevocation::All, EndReason::Revoked, days(1));
    let first = now(store.revoke_user(revoke)).unwrap();
    assert!(first.has_more, "one step does not record them all");
    now(house.auth.purge_sessions()).unwrap();
    assert_eq!(house.told().len(), 1_000 - first.ids.len());
}

#[test]
fn each_way_to_revoke_ends_what_it_says() {
    type Way = fn(&House, &[crate::TokenPair; 3]) -> usize;
    // Of user1: two sessions, the first of which makes the call; a token without a session. Of
    // user2: a session.
    #[rustfmt::skip]
    let rows: [(&str, Way, usize, [bool; 4]); 9] = [
        ("nothing", |_, _| 0, 0, [true; 4]),
        ("one session", |house, [_, second, _]| {
            let id = house.access(second).session_id().unwrap();
            usize::from(now(house.auth.revoke_session("user1", &id)).unwrap())
        }, 1, [true, false, true, true]),
        ("another user's", |house, [_, second, _]| {
            let id = house.access(second).session_id().unwrap();
            usize::from(now(house.auth.revoke_session("user2", &id)).unwrap())
        }, 0, [true; 4]),
        ("one that is not there", |house, _| {
            usize::from(now(house.auth.revoke_session("user1", &SessionId::from("none"))).unwrap())
        }, 0, [true; 4]),
        ("all others", |house, [first, ..]| {
            now(house.auth.revoke_other_sessions(&house.access(first))).unwrap()
        }, 1, [true, false, true, true]),
        ("everything", |house, _| now(house.auth.revoke_all_sessions("user1")).unwrap(), 2, [false, false, false, true]),
        ("what there was a day ago", |house, _| {
            now(house.auth.revoke_issued_before("user1", UnixTime::from_secs(NOW))).unwrap()
        }, 1, [false, true, true, true]),
        ("what there will be", |house, _| {
            now(house.auth.revoke_issued_before("user1", UnixTime::from_secs(NOW * 2))).unwrap()
        }, 2, [false, false, false, true]),
        ("another person of the same name", |house, _| {
            now(house.auth.revoke_all_sessions(Owner::from("user1").login_type("admin"))).unwrap()
        }, 0, [true; 4]),
    ];
    for (row, revoke, ended, expected) in rows {
        let house = house(builder().access_token_expires(days(7)));
        let first = house.log_in("user1");
        house.clock.advance(days(1));
        let second = house.log_in("user1");
        let plain = house.auth.create_access_token("user1").unwrap();
        let other = house.log_in("user2");
        house.told();
        let tokens = [first, second, other];
        assert_eq!(revoke(&house, &tokens), ended, "{row}");
        assert_eq!(
            house.told(),
            vec![EventKind::Revoked(EndReason::Revoked); ended],
            "{row}"
        );
        let [first, second, other] = &tokens;
        let plain = outcome(
            &house.auth,
            &Head::new("GET").access(plain.as_str()),
            &Require::access(),
        );
        let in_by = [
            house.enter(first),
            house.enter(second),
            plain,
            house.enter(other),
        ]
        .map(|who| who.starts_with("user"));
        assert_eq!(in_by, expected, "{row}");
        for (tokens, lives) in [
            (first, expected[0]),
            (second, expected[1]),
            (other, expected[3]),
        ] {
            assert_eq!(house.refresh(tokens).is_ok(), lives, "{row}: refresh");
        }
    }
}

#[test]
fn who_logs_in_again_at_once_is_in() {
    let house = house(builder());
    let before = house.log_in("user1");
    now(house.auth.revoke_all_sessions("user1")).unwrap();
    let after = house.log_in("user1");
    assert_eq!(house.enter(&before), "session_ended");
    assert_eq!(house.enter(&after), "user1");
    assert!(house.refresh(&after).is_ok());
}

#[test]
fn a_not_before_never_moves_back() {
    let house = house(builder());
    house.clock.advance(days(2));
    let tokens = house.log_in("user1");
    now(house.auth.revoke_all_sessions("user1")).unwrap();
    now(house
        .auth
        .revoke_issued_before("user1", UnixTime::from_secs(1)))
    .unwrap();
    assert_eq!(house.enter(&tokens), "session_ended");
}

#[test]
fn one_token_is_revoked_until_it_ends() {
    let house = house(builder().decode_leeway(Duration::from_secs(60)));
    let tokens = house.log_in("user1");
    let access = house.access(&tokens);
    now(house
        .auth
        .revoke_token(&access, access.id(), access.expires_at()))
    .unwrap();
    assert_eq!(house.enter(&tokens), "token_revoked");
    house.clock.advance(Duration::from_secs(900 + 59));
    assert_eq!(house.enter(&tokens), "token_revoked", "within the leeway");
    house.clock.advance(Duration::from_secs(1));
    assert_eq!(house.enter(&tokens), "token_expired");
    assert!(house.refresh(&tokens).is_ok(), "its session continues");
}

#[test]
fn a_revoked_refresh_token_is_no_reuse() {
    let house = house(builder());
    let tokens = house.log_in("user1");
    now(house.auth.revoke_token(
        "user1",
        tokens.refresh().id(),
        tokens.refresh().expires_at(),
    ))
    .unwrap();
    assert_eq!(house.refresh(&tokens).unwrap_err(), "token_revoked");
    assert_eq!(house.enter(&tokens), "user1");
}

#[test]
fn people_of_two_login_types_are_two() {
    let house = house(builder());
    let of = |login_type: &str| {
        let token = NewToken::for_subject("1").login_type(login_type);
        now(house.auth.log_in(token, crate::session::ClientInfo::new())).unwrap()
    };
    let (user, admin) = (of("user"), of("admin"));
    let sessions = now(house.auth.sessions(&house.access(&user))).unwrap();
    assert_eq!(sessions.len(), 1);
    assert!(sessions[0].is_current());
    let theirs = house.access(&admin).session_id().unwrap();
    assert!(!now(house.auth.revoke_session(&house.access(&user), &theirs)).unwrap());
    assert_eq!(now(house.auth.revoke_all_sessions("1")).unwrap(), 0);
    assert_eq!(house.enter(&admin), "1");
}

#[test]
fn a_list_shows_live_sessions_the_latest_first() {
    let house = house(builder());
    let first = house.log_in("user1");
    house.clock.advance(Duration::from_secs(30));
    let second = house.log_in("user1");
    house.clock.advance(Duration::from_secs(59));
    house.enter(&first);
    house.enter(&second);
    let list = || now(house.auth.sessions(&house.access(&second))).unwrap();
    let seconds = |time: UnixTime| time.as_secs() - NOW;
    let sessions = list();
    let seen: Vec<_> = sessions
        .iter()
        .map(|session| {
            (
                seconds(session.created_at()),
                seconds(session.last_active()),
                session.is_current(),
            )
        })
        .collect();
    assert_eq!(
        seen,
        [(30, 30, true), (0, 89, false)],
        "active to the minute"
    );
    assert_eq!(sessions[0].ends_at().as_secs(), NOW + 30 + 20 * 24 * 3600);
    let current = now(house.auth.session(&house.access(&second))).unwrap();
    assert_eq!(current.id(), sessions[0].id());
    now(house.auth.revoke_session("user1", sessions[1].id())).unwrap();
    assert_eq!(list().len(), 1);
    assert_eq!(house.enter(&first), "session_ended");
}

#[test]
fn the_session_of_a_token_is_the_live_one_of_its_account() {
    let house = house(builder());
    let (tokens, other) = (house.log_in("user1"), house.log_in("user1"));
    let token = house.access(&tokens);
    let session = now(house.auth.session(&token)).unwrap();
    assert_eq!(Some(session.id()), token.session_id().as_ref());
    assert!(session.is_current());
    house.told();

    now(house.auth.revoke_session("user1", session.id())).unwrap();
    house.told();
    let rejection = now(house.auth.session(&token)).unwrap_err();
    assert_eq!(rejection.code(), "session_ended");
    assert_eq!(house.told(), [EventKind::Expired]);
    now(house.auth.session(&house.access(&other))).unwrap();

    let alone = house.auth.create_access_token("user1").unwrap();
    let head = Head::new("GET").access(alone.as_str());
    let alone = ask(&house.auth, &head, &Require::access()).unwrap();
    let rejection = now(house.auth.session(&alone)).unwrap_err();
    assert_eq!(rejection.code(), "session_ended");
    assert_eq!(house.told(), []);
}
