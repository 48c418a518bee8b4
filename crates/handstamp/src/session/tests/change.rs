//! What an application changes in a running session: scopes and claims, and when its user last gave
//! the password.

use std::time::Duration;

use serde_json::{Value, json};

use super::{House, claims, house};
use crate::error::{AuthError, IssueError};
use crate::session::{ClientInfo, EventKind};
use crate::testing::{Head, NOW, ask, auth, builder, now, outcome};
use crate::{
    Authenticated, NewToken, Require, TokenPair, days, minutes,
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
        let before = std::sync::Arc::new(house.access(&first));
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
    let user = NewToken::for_subject("user1")
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
