//! What an application changes in a running session: scopes and claims, and when its user last gave
//! the password.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};

use super::stores::{Interrupted, Interruption};
use super::{House, claims, house, with_store};
use crate::clock::UnixTime;
use crate::error::{AuthError, IssueError};
use crate::session::{ClientInfo, EventKind, Session};
use crate::store::MemoryStore;
use crate::testing::{Head, NOW, ask, auth, builder, clock_at, now, outcome};
use crate::{
    Authenticated, Location, NewToken, Require, TokenPair, days, minutes,
    purpose::{Access, Refresh},
};

const AFTER: Duration = Duration::from_millis(10_001);

#[test]
fn a_change_at_a_refresh_holds_for_all_later_tokens() {
    let house = house(builder());
    let first = editor(&house);
    house.clock.advance(minutes(15));
    let second = now(house.auth.refresh_with(&refresh(&house, &first), demoted)).unwrap();
    house.clock.advance(minutes(15));
    let third = house.refresh(&second).unwrap();
    for (name, tokens) in [("at once", &second), ("at the next refresh", &third)] {
        for token in [tokens.access().as_str(), tokens.refresh().as_str()] {
            let claims = claims(token);
            assert_eq!(claims["scopes"], json!(["posts:read"]), "{name}");
            assert_eq!(claims["role"], Value::Null, "{name}");
            assert_eq!(claims["team"], "b", "{name}");
        }
    }
    let (before, after) = (
        claims(first.access().as_str()),
        claims(third.access().as_str()),
    );
    for name in ["sub", "sid", "auth_time", "csrf"] {
        assert_eq!(before[name], after[name], "{name}");
    }
}

#[test]
fn a_change_holds_for_whichever_answer_arrives() {
    let house = house(builder());
    let first = editor(&house);
    house.clock.advance(AFTER);
    let (one, other) = (refresh(&house, &first), refresh(&house, &first));
    let lost = now(house.auth.refresh_with(&one, demoted)).unwrap();
    let again = now(house.auth.refresh(&other)).unwrap();
    assert_eq!(again.refresh().id(), lost.refresh().id(), "one successor");
    assert_eq!(claims(again.access().as_str())["team"], "b");
}

#[test]
fn a_change_of_nothing_writes_nothing() {
    let house = house(builder());
    let first = editor(&house);
    let token = refresh(&house, &first);
    let same = |token: NewToken| token.scopes(["posts:write"]).fresh();
    let second = now(house.auth.refresh_with(&token, same)).unwrap();
    assert_eq!(claims(second.access().as_str())["fresh"], false);
    assert_eq!(claims(second.access().as_str())["auth_time"], NOW);
}

#[test]
fn changes_that_are_refused() {
    type Row = (&'static str, fn(NewToken) -> NewToken, &'static str);
    let rows: [Row; 6] = [
        (
            "another subject",
            |_| NewToken::for_subject("user2"),
            "the changed token is for another account",
        ),
        (
            "another login type",
            |token| token.login_type("admin"),
            "the changed token is for another account",
        ),
        (
            "a registered claim",
            |token| token.claim("exp", 0),
            "the claim \"exp\" has a meaning of its own",
        ),
        (
            "no lifetime",
            |token| token.expires_in(Duration::ZERO),
            "a token lives from one second to ten years",
        ),
        (
            "more than a token holds",
            |token| token.claim("large", "x".repeat(8 * 1024)),
            "the token has more than",
        ),
        (
            "a claim that is no JSON",
            |token| token.claim("map", std::collections::BTreeMap::from([([0], 1)])),
            "the claim \"map\" cannot be written as JSON",
        ),
    ];
    for (name, change, expected) in rows {
        let house = house(builder());
        let first = editor(&house);
        let error = now(house.auth.refresh_with(&refresh(&house, &first), change)).unwrap_err();
        assert!(error.to_string().starts_with(expected), "{name}: {error}");
        // The session is as it was.
        house.clock.advance(AFTER);
        let second = house.refresh(&first).unwrap();
        assert_eq!(claims(second.access().as_str())["role"], "editor", "{name}");
    }
}

/// Each row: what one request does, what another does after the first has read the session and
/// before it writes, the answer to the first, and role, team and time of the log-in that the
/// session has in the end.
#[test]
fn of_two_changes_at_once_neither_undoes_the_other() {
    type Change = fn(&House, &TokenPair) -> Result<(), AuthError>;
    let demote: Change =
        |house, tokens| now(house.auth.refresh_with(&refresh(house, tokens), demoted)).map(drop);
    let move_to_b: Change = |house, tokens| {
        let change = |token: NewToken| token.claim("team", "b");
        now(house.auth.refresh_with(&refresh(house, tokens), change)).map(drop)
    };
    let step_up: Change =
        |house, tokens| now(house.auth.reauthenticate(&house.access(tokens))).map(drop);
    let at = json!(NOW + 60);
    let rows = [
        (
            "a change, and a step-up",
            demote,
            step_up,
            "done",
            json!([null, "b", at]),
        ),
        (
            "a step-up, and a change",
            step_up,
            demote,
            "done",
            json!([null, "b", at]),
        ),
        (
            "two step-ups",
            step_up,
            step_up,
            "done",
            json!(["editor", "a", at]),
        ),
        (
            "the same change twice",
            demote,
            demote,
            "done",
            json!([null, "b", NOW]),
        ),
        (
            "a change from an older look, and a later one",
            move_to_b,
            demote,
            "store_unavailable",
            json!([null, "b", NOW]),
        ),
        (
            "the other way round",
            demote,
            move_to_b,
            "store_unavailable",
            json!(["editor", "b", NOW]),
        ),
    ];
    for (name, first, meanwhile, expected, session) in rows {
        let (house, queue, other) = interrupted();
        let tokens = Arc::new(editor(&house));
        house.clock.advance(minutes(1));
        let of_other = Arc::clone(&tokens);
        let interruption = move || meanwhile(&other, &of_other).unwrap();
        queue.lock().unwrap().push_back(Box::new(interruption));
        let answer = match first(&house, &tokens) {
            Ok(()) => "done".to_owned(),
            Err(AuthError::Rejected(rejection)) => rejection.code().to_owned(),
            Err(AuthError::Issue(error)) => error.to_string(),
        };
        assert_eq!(answer, expected, "{name}");
        assert!(queue.lock().unwrap().is_empty(), "{name}");
        let after = house.refresh(&tokens).expect(name);
        let after = claims(after.access().as_str());
        assert_eq!(
            json!([after["role"], after["team"], after["auth_time"]]),
            session,
            "{name}"
        );
        if expected != "done" {
            assert!(first(&house, &tokens).is_ok(), "{name}: repeated");
        }
    }
}

#[test]
fn a_session_that_keeps_changing_is_given_up() {
    let (house, queue, other) = interrupted();
    let tokens = Arc::new(house.log_in("user1"));
    let other = Arc::new(other);
    for second in 1..100 {
        let (other, tokens) = (Arc::clone(&other), Arc::clone(&tokens));
        let interruption = move || {
            other.clock.set(UnixTime::from_secs(NOW + second));
            drop(now(other.auth.reauthenticate(&other.access(&tokens))).unwrap());
        };
        queue.lock().unwrap().push_back(Box::new(interruption));
    }
    let error = now(house.auth.reauthenticate(&house.access(&tokens))).unwrap_err();
    assert!(
        matches!(&error, AuthError::Rejected(rejection) if rejection.code() == "store_unavailable")
    );
}

#[test]
fn a_role_that_an_administrator_takes_away_is_gone_at_the_next_refresh_of_each_device() {
    let house = house(builder());
    let devices = [editor(&house), editor(&house)];
    let other = editor_of("user2", &house);
    house.clock.advance(AFTER);
    let ends = || {
        let sessions = now(house.auth.sessions("user1")).unwrap();
        sessions.iter().map(Session::ends_at).collect::<Vec<_>>()
    };
    let before = ends();

    let changed = now(house.auth.change_all_sessions("user1", demoted)).unwrap();
    assert_eq!(changed, 2);
    assert_eq!(before, ends(), "no session ends or is prolonged");
    for tokens in &devices {
        let token = house.access(tokens);
        assert!(token.has_scopes(["posts:write"]), "an older access token");
        let after = house.refresh(tokens).unwrap();
        for token in [after.access().as_str(), after.refresh().as_str()] {
            let claims = claims(token);
            assert_eq!(claims["role"], Value::Null);
            assert_eq!(claims["team"], "b");
            assert_eq!(claims["auth_time"], NOW);
        }
    }
    let after = house.refresh(&other).unwrap();
    assert_eq!(claims(after.access().as_str())["role"], "editor");
    let none = now(house.auth.change_all_sessions("user3", demoted)).unwrap();
    assert_eq!(none, 0);
}

/// A change that one session of a user cannot hold is made in none of them.
#[test]
fn a_change_by_an_administrator_is_made_in_all_sessions_or_none() {
    type Row = (&'static str, fn(NewToken) -> NewToken, &'static str);
    let rows: [Row; 3] = [
        (
            "another account",
            |_| NewToken::for_subject("user2"),
            "the changed token is for another account",
        ),
        (
            "more than a token holds",
            |token| token.claim("large", "x".repeat(8 * 1024)),
            "the token has more than",
        ),
        (
            "more than a cookie holds",
            |token| token.claim("large", "x".repeat(3 * 1024)),
            "cookie access_token_cookie has",
        ),
    ];
    for (name, change, expected) in rows {
        let house = house(builder());
        let devices = [editor(&house), editor(&house)];
        let error = now(house.auth.change_all_sessions("user1", change)).unwrap_err();
        assert!(error.to_string().starts_with(expected), "{name}: {error}");
        house.clock.advance(AFTER);
        for tokens in &devices {
            let after = house.refresh(tokens).unwrap();
            assert_eq!(claims(after.access().as_str())["role"], "editor", "{name}");
        }
    }
}

#[test]
fn a_change_by_an_administrator_meets_other_requests() {
    type Meanwhile = fn(&House, &TokenPair);
    let rows: [(&str, Meanwhile, usize, Value); 2] = [
        (
            "a change at a refresh is kept, where the administrator does not change the same",
            |house, tokens| {
                let change = |token: NewToken| token.claim("desk", 7);
                drop(now(house.auth.refresh_with(&refresh(house, tokens), change)).unwrap());
            },
            1,
            json!([null, "b", 7]),
        ),
        (
            "a session that was revoked meanwhile is not counted",
            |house, _| assert_eq!(now(house.auth.revoke_all_sessions("user1")).unwrap(), 1),
            0,
            json!("session_ended"),
        ),
    ];
    for (name, meanwhile, expected, session) in rows {
        let (house, queue, other) = interrupted();
        let tokens = Arc::new(editor(&house));
        house.clock.advance(minutes(1));
        let of_other = Arc::clone(&tokens);
        let interruption = move || meanwhile(&other, &of_other);
        queue.lock().unwrap().push_back(Box::new(interruption));
        let changed = now(house.auth.change_all_sessions("user1", demoted)).unwrap();
        assert_eq!(changed, expected, "{name}");
        let after = match house.refresh(&tokens) {
            Ok(after) => {
                let after = claims(after.access().as_str());
                json!([after["role"], after["team"], after["desk"]])
            }
            Err(code) => json!(code),
        };
        assert_eq!(after, session, "{name}");
    }
}

#[test]
fn without_a_store_no_session_can_be_changed() {
    let auth = auth(builder());
    let error = now(auth.change_all_sessions("user1", demoted)).unwrap_err();
    assert!(
        matches!(&error, AuthError::Rejected(rejection) if rejection.code() == "store_unavailable")
    );
}

/// A service, what interrupts the updates of its sessions, and another node over the same store.
fn interrupted() -> (House, Arc<Mutex<VecDeque<Interruption>>>, House) {
    let clock = clock_at(NOW);
    let store = Arc::new(MemoryStore::with_clock(clock.clone()));
    let queue = Arc::default();
    let between = Interrupted {
        store: Arc::clone(&store),
        queue: Arc::clone(&queue),
    };
    let house = with_store(builder(), between, clock.clone());
    (house, queue, with_store(builder(), store, clock))
}

/// A token that no cookie can hold, in a session that lives in cookies, would be the last one.
#[test]
fn a_change_that_no_cookie_holds_is_refused_where_the_token_came_in_one() {
    let large = |token: NewToken| token.claim("large", "x".repeat(3 * 1024));
    let house = house(builder().token_locations([Location::Cookies, Location::Headers]));
    let first = editor(&house);
    let error = now(house.auth.refresh_with(&refresh(&house, &first), large)).unwrap_err();
    assert!(error.to_string().contains("4096"), "{error}");
    let after = house.refresh(&first).unwrap();
    assert_eq!(claims(after.access().as_str())["large"], Value::Null);

    let head = Head::new("POST").bearer(first.refresh().as_str());
    let token = ask(&house.auth, &head, &Require::refresh()).unwrap();
    let second = now(house.auth.refresh_with(&token, large)).unwrap();
    assert!(claims(second.access().as_str())["large"].is_string());
}

#[test]
fn a_change_without_a_session_holds_for_both_tokens() {
    let auth = auth(builder());
    let user = NewToken::for_subject("user1").claim("role", "editor");
    let first = now(auth.log_in(user, ClientInfo::new())).unwrap();
    let head = super::refresh_head(&first);
    let token = ask(&auth, &head, &Require::refresh()).unwrap();
    let second = now(auth.refresh_with(&token, demoted)).unwrap();
    for token in [second.access().as_str(), second.refresh().as_str()] {
        assert_eq!(claims(token)["role"], Value::Null);
        assert_eq!(claims(token)["team"], "b");
    }
    let other = now(auth.refresh_with(&token, |_| "user2".into())).unwrap_err();
    assert!(matches!(other, AuthError::Issue(IssueError::OtherAccount)));
}

#[test]
fn a_log_in_of_a_minute_ago_counts_after_a_refresh_too() {
    let house = house(builder());
    let first = house.log_in("user1");
    house.clock.advance(minutes(1));
    let second = house.refresh(&first).unwrap();
    let rows = [
        (
            "within the span",
            Require::access().fresh_within(minutes(5)),
            "user1",
        ),
        (
            "fresh, without a span",
            Require::access().fresh(),
            "fresh_token_required",
        ),
        (
            "both",
            Require::access().fresh().fresh_within(minutes(5)),
            "fresh_token_required",
        ),
        (
            "too long ago",
            Require::access().fresh_within(Duration::from_secs(59)),
            "fresh_token_required",
        ),
        (
            "on the second",
            Require::access().fresh_within(minutes(1)),
            "user1",
        ),
    ];
    for (name, require, expected) in rows {
        let head = Head::new("GET").access(second.access().as_str());
        assert_eq!(outcome(&house.auth, &head, &require), expected, "{name}");
    }
    let token = house.access(&second);
    assert!(house.auth.require_fresh_within(&token, minutes(5)).is_ok());
    assert!(house.auth.require_fresh(&token).is_err());
}

#[test]
fn without_a_session_a_refreshed_token_tells_no_log_in() {
    let auth = auth(builder());
    let plain = auth.create_access_token("user1").unwrap();
    let head = Head::new("GET").access(plain.as_str());
    let require = Require::access().fresh_within(minutes(5));
    assert_eq!(outcome(&auth, &head, &require), "fresh_token_required");
    let token = ask(&auth, &head, &Require::access()).unwrap();
    let derived = auth.create_access_token(&token).unwrap();
    let head = Head::new("GET").access(derived.as_str());
    assert_eq!(outcome(&auth, &head, &require), "fresh_token_required");
}

#[test]
fn a_repeated_password_renews_the_time_of_the_session() {
    let house = house(builder());
    let first = house.log_in("user1");
    house.clock.advance(minutes(14));
    house.told();
    let within = Require::access().fresh_within(minutes(5));
    let enter = |token: &str, require: &Require<Access>| {
        outcome(&house.auth, &Head::new("GET").access(token), require)
    };
    assert_eq!(
        enter(first.access().as_str(), &within),
        "fresh_token_required"
    );
    let fresh = now(house.auth.reauthenticate(&house.access(&first))).unwrap();
    assert_eq!(enter(fresh.as_str(), &within), "user1");
    assert_eq!(enter(fresh.as_str(), &Require::access().fresh()), "user1");
    let (before, after) = (claims(first.access().as_str()), claims(fresh.as_str()));
    for name in ["sid", "gen", "csrf", "sub"] {
        assert_eq!(before[name], after[name], "{name}");
    }
    assert_eq!(after["auth_time"], NOW + 14 * 60);
    assert_eq!(house.told(), [], "the session continues");
    // The refresh token is still the same, and what it gets says the new time.
    let second = house.refresh(&first).unwrap();
    assert_eq!(claims(second.access().as_str())["auth_time"], NOW + 14 * 60);
    house.clock.advance(minutes(4));
    assert_eq!(enter(second.access().as_str(), &within), "user1");
}

#[test]
fn a_repeated_password_brings_nothing_back_that_the_session_lost() {
    let house = house(builder());
    let first = editor(&house);
    let before = house.access(&first);
    house.clock.advance(AFTER);
    drop(now(house.auth.refresh_with(&refresh(&house, &first), demoted)).unwrap());
    let fresh = now(house.auth.reauthenticate(&before)).unwrap();
    let claims = claims(fresh.as_str());
    assert_eq!(claims["scopes"], json!(["posts:read"]));
    assert_eq!((&claims["role"], &claims["gen"]), (&Value::Null, &json!(1)));
    assert_eq!(claims["fresh"], true);
}

#[test]
fn a_token_that_its_session_outgrew_is_not_renewed() {
    for (name, change, is_renewed) in [
        (
            "as the session says",
            (|token| token) as fn(NewToken) -> NewToken,
            true,
        ),
        ("the session lost a role", demoted, false),
    ] {
        let house = house(builder());
        let first = editor(&house);
        house.clock.advance(minutes(14));
        let before = Arc::new(house.access(&first));
        drop(now(house.auth.refresh_with(&refresh(&house, &first), change)).unwrap());
        let renewal = house.auth.begin_implicit_refresh("GET", "/").unwrap();
        renewal.record(&before);
        let cookies = now(renewal.cookies(&Ok200));
        assert_eq!(cookies.is_some(), is_renewed, "{name}");
    }
}

struct Ok200;

impl crate::adapter::ResponseHead for Ok200 {
    fn status(&self) -> u16 {
        200
    }

    fn header_values(&self, _: &str) -> impl Iterator<Item = &[u8]> {
        std::iter::empty()
    }
}

#[test]
fn a_repeated_password_never_outlives_the_session() {
    let house = house(
        builder()
            .session_absolute(days(1))
            .refresh_token_expires(days(1)),
    );
    let first = house.log_in("user1");
    let token = house.access(&first);
    house.clock.advance(minutes(24 * 60 - 5));
    let fresh = now(house.auth.reauthenticate(&token)).unwrap();
    assert_eq!(claims(fresh.as_str())["exp"], NOW + 24 * 3600);
}

#[test]
fn an_ended_session_is_not_reauthenticated() {
    let house = house(builder());
    let first = house.log_in("user1");
    let token = house.access(&first);
    now(house.auth.revoke_all_sessions("user1")).unwrap();
    house.told();
    let error = now(house.auth.reauthenticate(&token)).unwrap_err();
    assert!(
        matches!(&error, AuthError::Rejected(rejection) if rejection.code() == "session_ended")
    );
    assert_eq!(house.told(), [EventKind::Expired]);
    assert_eq!(house.enter(&first), "session_ended");
}

/// The generation is that of the presented token, so that a lost refresh token is not taken for one
/// that has arrived.
#[test]
fn a_repeated_password_acknowledges_no_generation_that_was_lost() {
    let house = house(builder());
    let first = house.log_in("user1");
    house.clock.advance(AFTER);
    let token = house.access(&first);
    let _lost = house.refresh(&first).unwrap();
    let fresh = now(house.auth.reauthenticate(&token)).unwrap();
    let head = Head::new("GET").access(fresh.as_str());
    assert_eq!(outcome(&house.auth, &head, &Require::access()), "user1");
    house.clock.advance(days(1));
    assert!(house.refresh(&first).is_ok(), "no reuse");
}

#[test]
fn without_a_session_a_repeated_password_makes_a_fresh_token() {
    let auth = auth(builder());
    let plain = auth.create_access_token("user1").unwrap();
    let head = Head::new("GET").access(plain.as_str());
    let token = ask(&auth, &head, &Require::access()).unwrap();
    let fresh = now(auth.reauthenticate(&token)).unwrap();
    let head = Head::new("GET").access(fresh.as_str());
    let require = Require::access().fresh_within(minutes(5));
    assert_eq!(outcome(&auth, &head, &require), "user1");
}

fn editor(house: &House) -> TokenPair {
    editor_of("user1", house)
}

fn editor_of(user: &str, house: &House) -> TokenPair {
    let user = NewToken::for_subject(user)
        .scopes(["posts:write"])
        .claim("role", "editor")
        .claim("team", "a");
    now(house.auth.log_in(user, ClientInfo::new())).unwrap()
}

fn demoted(token: NewToken) -> NewToken {
    token
        .scopes(["posts:read"])
        .without_claim("role")
        .claim("team", "b")
}

fn refresh(house: &House, tokens: &TokenPair) -> Authenticated<Refresh> {
    ask(
        &house.auth,
        &super::refresh_head(tokens),
        &Require::refresh(),
    )
    .unwrap()
}
