//! What the new token says.

use std::time::Duration;

use serde_json::json;

use super::{Answer, claims, log_in, record, refreshed, renewed, with_sessions};
use crate::session::ClientInfo;
use crate::testing::{Head, NOW, ask, auth_and_clock, builder, now};
use crate::{NewToken, Require, SetCookie, SetCookies, days, minutes};

#[test]
fn the_new_token_says_the_same() {
    let (auth, clock) = auth_and_clock(builder().decode_audience(["web"]).identity_claim("email"));
    let new = NewToken::for_subject("user1")
        .fresh()
        .scopes(["a", "b:*"])
        .audience(["web", "app"])
        .login_type("admin")
        .claim("tenant", json!({"id": 7}));
    let first = auth.create_access_token(new).unwrap();
    let first = record(&auth, first.as_str());
    let mut expected = claims(&first);
    clock.advance(minutes(14));
    let cookies = refreshed(&auth, first, &Answer(200, &[])).unwrap();
    let lines: Vec<String> = cookies.lines().map(SetCookie::to_header_value).collect();
    assert_eq!(lines.len(), 2);
    let csrf = expected["csrf"].as_str().unwrap();
    assert!(lines[1].starts_with(&format!("csrf_access_token={csrf};")));

    let second = record(&auth, &renewed(&cookies));
    let got = claims(&second);
    assert_ne!(got["jti"], expected["jti"]);
    for (name, value) in [
        ("jti", got["jti"].clone()),
        ("fresh", json!(false)),
        ("iat", json!(NOW + 840)),
        ("nbf", json!(NOW + 840)),
        ("exp", json!(NOW + 840 + 900)),
        ("auth_time", json!(NOW)),
    ] {
        expected[name] = value;
    }
    assert_eq!(got, expected);
}

#[test]
fn it_lives_no_longer_than_before_nor_than_configured() {
    for (row, lifetime, age, expected) in [
        ("as configured", minutes(15), minutes(14), 900),
        ("a short life", minutes(2), Duration::from_secs(61), 120),
        ("a long life", minutes(60), minutes(59), 900),
    ] {
        for has_session in [false, true] {
            let (auth, clock) = with_sessions(builder());
            let user = NewToken::for_subject("user1");
            let token = if has_session {
                let tokens = log_in(&auth, ClientInfo::new());
                NewToken::from(&record(&auth, tokens.access().as_str()))
            } else {
                user
            };
            let token = auth
                .create_access_token(token.expires_in(lifetime))
                .unwrap();
            clock.advance(age);
            let token = record(&auth, token.as_str());
            let cookies = refreshed(&auth, token, &Answer(200, &[])).unwrap();
            let renewed = record(&auth, &renewed(&cookies));
            let lives = renewed.expires_at().as_secs() - renewed.issued_at().as_secs();
            assert_eq!(lives, expected, "{row}, {has_session}");
        }
    }
}

#[test]
fn in_a_session_it_lives_and_is_kept_as_the_session_says() {
    let (auth, clock) = with_sessions(builder().session_absolute(minutes(40)));
    let user = NewToken::for_subject("user1").expires_in(minutes(20));
    let tokens = now(auth.log_in(user, ClientInfo::new().persistent(days(30)))).unwrap();
    let first = record(&auth, tokens.access().as_str());
    let mut expected = claims(&first);
    clock.advance(minutes(19));
    let cookies = refreshed(&auth, first, &Answer(200, &[])).unwrap();
    assert!(cookies.lines().all(|line| {
        let line = line.to_header_value();
        line.contains("; Max-Age=2592000;")
    }));
    let second = record(&auth, &renewed(&cookies));
    let got = claims(&second);
    for (name, value) in [
        ("jti", got["jti"].clone()),
        ("fresh", json!(false)),
        ("iat", json!(NOW + 19 * 60)),
        ("nbf", json!(NOW + 19 * 60)),
        ("exp", json!(NOW + 39 * 60)),
    ] {
        expected[name] = value;
    }
    assert_eq!(got, expected, "sid, gen and auth_time among them");

    clock.advance(minutes(19));
    let cookies = refreshed(&auth, second, &Answer(200, &[])).unwrap();
    let third = record(&auth, &renewed(&cookies));
    assert_eq!(third.expires_at().as_secs(), NOW + 40 * 60, "its end");
    clock.advance(minutes(1));
    assert!(refreshed(&auth, third, &Answer(200, &[])).is_none());
}

#[test]
fn without_a_session_it_is_kept_as_the_settings_say() {
    let year = days(365);
    for (row, settings, client, kept) in [
        (
            "a session cookie",
            builder(),
            ClientInfo::new().persistent(year),
            false,
        ),
        (
            "a persistent one",
            builder().cookie_max_age(year),
            ClientInfo::new().session(),
            true,
        ),
    ] {
        let (auth, clock) = auth_and_clock(settings);
        let tokens = now(auth.log_in("user1", client)).unwrap();
        let is_kept = |cookies: &SetCookies| {
            let mut lines = cookies.lines().map(SetCookie::to_header_value);
            lines.all(|line| line.contains("; Max-Age=31536000;"))
        };
        let first = auth.set_access_cookies(tokens.access()).unwrap();
        assert_eq!(is_kept(&first), !kept, "{row}: as the log-in said");
        clock.advance(minutes(14));
        let token = record(&auth, tokens.access().as_str());
        let second = refreshed(&auth, token, &Answer(200, &[])).unwrap();
        assert_eq!(is_kept(&second), kept, "{row}");
    }
}

/// A row: who made the token with which the request comes, so many minutes after the log-in, and
/// what `auth_time` says.
#[test]
fn the_log_in_is_remembered() {
    let (auth, clock) = auth_and_clock(builder());
    let refresh = auth.create_refresh_token("user1").unwrap();
    let head = Head::new("POST")
        .refresh(refresh.as_str())
        .csrf(refresh.csrf().unwrap());
    let log_in = NewToken::for_subject("user1").fresh();
    let first = auth.create_access_token(log_in).unwrap();
    let first = record(&auth, first.as_str());
    assert_eq!(claims(&first).get("auth_time"), None, "iat says it");
    assert_eq!(first.authenticated_at().as_secs(), NOW);

    clock.advance(minutes(10));
    let refresh = ask(&auth, &head, &Require::refresh()).unwrap();
    let rows: [(&str, NewToken, u64); 4] = [
        ("from an access token", NewToken::from(&first), NOW),
        ("from a refresh token", NewToken::from(&refresh), NOW),
        (
            "after a password",
            NewToken::from(&first).fresh(),
            NOW + 600,
        ),
        ("another log-in", NewToken::for_subject("user1"), NOW + 600),
    ];
    for (row, new, expected) in rows {
        let token = auth.create_access_token(new).unwrap();
        let token = record(&auth, token.as_str());
        assert_eq!(token.authenticated_at().as_secs(), expected, "{row}");
        let is_recent = auth.require_fresh_within(&token, minutes(5)).is_ok();
        assert_eq!(is_recent, row == "after a password", "{row}");
    }
    let again = now(auth.refresh(&refresh)).unwrap();
    let access = record(&auth, again.access().as_str());
    assert_eq!(access.authenticated_at().as_secs(), NOW);
}

#[test]
fn in_a_session_a_password_that_is_given_again_is_remembered_too() {
    let (auth, clock) = with_sessions(builder());
    let tokens = log_in(&auth, ClientInfo::new());
    let first = record(&auth, tokens.access().as_str());
    assert!(auth.require_fresh_within(&first, minutes(5)).is_ok());
    clock.advance(minutes(6));
    let rejection = auth.require_fresh_within(&first, minutes(5)).unwrap_err();
    assert_eq!(rejection.code(), "fresh_token_required");
    assert!(auth.require_fresh(&first).is_ok());

    let acknowledged = NewToken::from(&first).fresh();
    let acknowledged = auth.create_access_token(acknowledged).unwrap();
    let acknowledged = record(&auth, acknowledged.as_str());
    assert!(auth.require_fresh_within(&acknowledged, minutes(5)).is_ok());
    assert_eq!(claims(&acknowledged)["auth_time"], json!(NOW + 360));
    assert_eq!(acknowledged.session_id(), first.session_id());

    clock.advance(minutes(14));
    let cookies = refreshed(&auth, acknowledged, &Answer(200, &[])).unwrap();
    let renewed = record(&auth, &renewed(&cookies));
    assert_eq!(renewed.authenticated_at().as_secs(), NOW + 360);
    assert!(auth.require_fresh(&renewed).is_err());
}
