//! Tests of refresh tokens without a session: those of AuthX, or of a service without a store.

use std::time::Duration;

use serde_json::json;

use super::{House, claims, house};
use crate::session::EventKind;
use crate::store::EndReason;
use crate::testing::{Head, NOW, builder, now, outcome};
use crate::{Require, TokenPair, days, minutes};

/// A refresh token as AuthX makes it, and a request with it.
fn authx(house: &House, changes: &serde_json::Value) -> Head {
    let mut all =
        json!({"type": "refresh", "jti": "8e6e3c4f", "fresh": null, "exp": NOW + 20 * 24 * 3600});
    all.as_object_mut()
        .unwrap()
        .extend(changes.as_object().unwrap().clone());
    let token = crate::testing::token(&house.auth, &all);
    Head::new("POST").refresh(&token).csrf(crate::testing::CSRF)
}

fn sid(tokens: &TokenPair) -> String {
    claims(tokens.access().as_str())["sid"]
        .as_str()
        .unwrap()
        .to_owned()
}

#[test]
fn a_token_without_a_session_gets_one_once() {
    use EventKind::{Adopted, Debounced, Reissued, Rotated};
    let house = house(builder());
    let legacy = authx(
        &house,
        &json!({"scopes": ["a:read"], "tenant": "acme", "iat": NOW - 60}),
    );
    let first = house.exchange(&legacy).unwrap();
    let said = claims(first.refresh().as_str());
    assert_eq!(
        (&said["jti"], &said["scopes"], &said["tenant"]),
        (&json!("8e6e3c4f"), &json!(["a:read"]), &json!("acme"))
    );
    assert_eq!(
        said["csrf"],
        crate::testing::CSRF,
        "forms and other tabs keep working"
    );
    let other_tab = house.exchange(&legacy).unwrap();
    assert_eq!(sid(&first), sid(&other_tab));
    assert_eq!(house.told(), [Adopted, Debounced]);

    house.clock.advance(minutes(14));
    let next = house.refresh(&first).unwrap();
    let late = house.exchange(&legacy).unwrap();
    assert_eq!(
        claims(next.refresh().as_str()),
        claims(late.refresh().as_str())
    );
    assert_eq!(house.told(), [Rotated, Reissued]);
    assert_eq!(house.enter(&next), "user1");

    house.clock.advance(minutes(1));
    assert_eq!(house.exchange(&legacy).unwrap_err(), "refresh_reused");
    assert_eq!(house.enter(&next), "session_ended");
    assert_eq!(
        house.exchange(&legacy).unwrap_err(),
        "session_ended",
        "it is not adopted again"
    );
}

/// A service that issues a new refresh token at each refresh gives it a new `iat`.
#[test]
fn only_a_stated_time_of_the_log_in_is_taken_over() {
    let within = Require::access().fresh_within(minutes(5));
    for (name, changes, auth_time, expected) in [
        ("no time", json!({}), json!(null), "fresh_token_required"),
        (
            "a late one",
            json!({"auth_time": NOW - 301}),
            json!(NOW - 301),
            "fresh_token_required",
        ),
        (
            "an early one",
            json!({"auth_time": NOW - 60}),
            json!(NOW - 60),
            "user1",
        ),
    ] {
        let house = house(builder());
        let first = house.exchange(&authx(&house, &changes)).unwrap();
        house.clock.advance(Duration::from_secs(11));
        let second = house.refresh(&first).unwrap();
        let derived = house
            .auth
            .create_access_token(&house.access(&second))
            .unwrap();
        for token in [first.access(), second.access(), &derived] {
            assert_eq!(claims(token.as_str())["auth_time"], auth_time, "{name}");
            let head = Head::new("GET").access(token.as_str());
            assert_eq!(outcome(&house.auth, &head, &within), expected, "{name}");
        }
        let given = now(house.auth.reauthenticate(&house.access(&second))).unwrap();
        let third = house.refresh(&second).unwrap();
        for token in [&given, third.access()] {
            assert_eq!(claims(token.as_str())["auth_time"], NOW + 11, "{name}");
        }
    }
}

#[test]
fn a_token_is_not_adopted_again_when_its_session_is_over() {
    let house = house(builder().session_idle(days(1)));
    let legacy = authx(&house, &json!({}));
    drop(house.exchange(&legacy).unwrap());
    house.clock.advance(days(2));
    now(house.auth.purge_sessions()).unwrap();
    drop(house.log_in("user2")); // sweeps too
    assert_eq!(house.exchange(&legacy).unwrap_err(), "session_ended");
}

#[test]
fn not_where_sessions_are_required() {
    let house = house(builder().session_tracking(true));
    let legacy = authx(&house, &json!({}));
    assert_eq!(house.exchange(&legacy).unwrap_err(), "session_ended");
    assert_eq!(house.told(), []);
    let tokens = house.log_in("user1");
    assert_eq!(house.enter(&tokens), "user1");
}

#[test]
fn nor_where_they_are_off_and_revocation_still_counts() {
    let house = house(builder().session_tracking(false));
    let tokens = house.log_in("user1");
    assert!(claims(tokens.access().as_str()).get("sid").is_none());
    let again = house.refresh(&tokens).unwrap();
    assert_eq!(
        claims(again.refresh().as_str()),
        claims(tokens.refresh().as_str())
    );
    assert_eq!(house.told(), []);
    now(house.auth.revoke_all_sessions("user1")).unwrap();
    assert_eq!(house.enter(&tokens), "token_revoked");
    assert_eq!(house.refresh(&tokens).unwrap_err(), "token_revoked");
}

#[test]
fn log_out_and_log_in_end_the_session_that_a_thief_was_given() {
    for logs_out in [true, false] {
        let house = house(builder());
        let legacy = authx(&house, &json!({}));
        let thief = house.exchange(&legacy).unwrap();
        house.clock.advance(minutes(14));
        let thief = house.refresh(&thief).unwrap();
        if logs_out {
            let _cookies = house.log_out(&legacy).unwrap();
        } else {
            let client = house.auth.client_info(&legacy);
            drop(now(house.auth.log_in("user1", client)).unwrap());
        }
        assert_eq!(house.enter(&thief), "session_ended", "{logs_out}");
        assert_eq!(house.refresh(&thief).unwrap_err(), "session_ended");
    }
}

#[test]
fn to_revoke_the_token_is_to_revoke_its_session() {
    let house = house(builder());
    let legacy = authx(&house, &json!({}));
    let tokens = house.exchange(&legacy).unwrap();
    let until = tokens.refresh().expires_at();
    now(house.auth.revoke_token("user1", "8e6e3c4f", until)).unwrap();
    assert_eq!(house.enter(&tokens), "session_ended");
    assert_eq!(house.exchange(&legacy).unwrap_err(), "token_revoked");
}

/// A handler may keep a token for long before it refreshes with it: a body that is slow, on
/// purpose.
#[test]
fn what_is_revoked_while_a_handler_holds_the_token_stays_revoked() {
    type Meanwhile = fn(&House, &Head);
    let rows: [(&str, Meanwhile); 3] = [
        ("everything of the user", |house, _| {
            assert_eq!(now(house.auth.revoke_all_sessions("user1")).unwrap(), 0);
        }),
        ("a log-out", |house, legacy| {
            let _cookies = house.log_out(legacy).unwrap();
        }),
        ("the token", |house, _| {
            let until = crate::clock::UnixTime::from_secs(NOW + 100);
            now(house.auth.revoke_token("user1", "8e6e3c4f", until)).unwrap();
        }),
    ];
    for (row, meanwhile) in rows {
        for tracking in [None, Some(false)] {
            let config = builder();
            let house = house(match tracking {
                None => config,
                Some(tracking) => config.session_tracking(tracking),
            });
            let legacy = authx(&house, &json!({}));
            let held =
                crate::testing::ask(&house.auth, &legacy, &crate::Require::refresh()).unwrap();
            meanwhile(&house, &legacy);
            let error = now(house.auth.refresh(&held)).unwrap_err();
            assert_eq!(error.to_string(), "Invalid token", "{row}, {tracking:?}");
            assert!(
                now(house.auth.sessions("user1")).unwrap().is_empty(),
                "{row}"
            );
        }
    }
}

#[test]
fn ids_of_any_spelling_are_adopted() {
    let long = "x".repeat(300);
    for id in ["urn:uuid:1", "100%", "\u{1}", long.as_str()] {
        let house = house(builder());
        let mut tokens = house.exchange(&authx(&house, &json!({"jti": id}))).unwrap();
        for _ in 0..3 {
            house.clock.advance(minutes(14));
            tokens = house
                .refresh(&tokens)
                .unwrap_or_else(|code| panic!("{id}: {code}"));
            assert_eq!(house.enter(&tokens), "user1", "{id}");
        }
    }
}

#[test]
fn a_claim_of_another_meaning_recovers_nothing() {
    let house = house(builder());
    let legacy = authx(&house, &json!({"gen": 5}));
    let mut tokens = house.exchange(&legacy).unwrap();
    for _ in 0..3 {
        house.clock.advance(minutes(14));
        tokens = house.refresh(&tokens).unwrap();
        assert_eq!(house.enter(&tokens), "user1");
    }
    assert_eq!(house.exchange(&legacy).unwrap_err(), "refresh_reused");
}

#[test]
fn a_log_in_or_adoption_beyond_the_limit_ends_the_session_that_was_used_least_recently() {
    let ended = EventKind::Revoked(EndReason::Limit);
    let house = house(builder().sessions_per_user(2));
    let legacy = authx(&house, &json!({}));
    let adopted = house.exchange(&legacy).unwrap();
    house.clock.advance(minutes(1));
    let second = house.log_in("user1");
    house.clock.advance(minutes(1));
    drop(house.log_in("user2"));
    let adopted = house.refresh(&adopted).unwrap();
    house.told();

    house.clock.advance(minutes(1));
    let third = house.log_in("user1");
    assert_eq!(house.told(), [ended, EventKind::LoggedIn]);
    assert_eq!(house.enter(&second), "session_ended");
    assert_eq!(house.enter(&adopted), "user1");
    assert_eq!(house.enter(&third), "user1");

    house.clock.advance(minutes(2));
    assert_eq!(house.enter(&third), "user1");
    house.told();
    drop(
        house
            .exchange(&authx(&house, &json!({"jti": "another"})))
            .unwrap(),
    );
    assert_eq!(house.told(), [ended, EventKind::Adopted]);
    assert_eq!(house.enter(&adopted), "session_ended");
    let listed = now(house.auth.sessions("user1")).unwrap();
    assert_eq!((listed.len(), listed.has_more()), (2, false));
}
