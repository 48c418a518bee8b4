//! Tests of what a log-in creates.

use serde_json::{Value, json};

use super::{House, claims, house};
use crate::config::ConfigBuilder;
use crate::error::{AuthError, IssueError};
use crate::session::{ClientInfo, EventKind};
use crate::store::EndReason;
use crate::testing::{Head, NOW, builder, now};
use crate::{NewToken, TokenPair, days, minutes};

#[test]
fn a_log_in_says_what_the_session_is() {
    let house = house(builder());
    let user = NewToken::for_subject("user1")
        .scopes(["a:read"])
        .login_type("admin")
        .audience([""; 0])
        .claim("tenant", "acme");
    let tokens = now(house.auth.log_in(user, ClientInfo::new())).unwrap();
    let access = claims(tokens.access().as_str());
    let refresh = claims(tokens.refresh().as_str());
    for name in [
        "sid",
        "gen",
        "auth_time",
        "csrf",
        "scopes",
        "login_type",
        "tenant",
        "sub",
        "iat",
    ] {
        assert_eq!(access[name], refresh[name], "{name}");
        assert!(!access[name].is_null(), "{name}");
    }
    assert_eq!(
        (&access["gen"], &access["auth_time"]),
        (&json!(1), &json!(NOW))
    );
    assert_eq!(
        (&access["fresh"], &refresh["fresh"]),
        (&json!(true), &Value::Null)
    );
    assert_eq!(access["exp"], NOW + 900);
    assert_eq!(refresh["exp"], NOW + 20 * 24 * 3600);
    assert_ne!(access["jti"], refresh["jti"]);
    assert_eq!(house.told(), [EventKind::LoggedIn]);
}

#[test]
fn cookies_live_as_long_as_the_session_says_also_after_a_refresh() {
    let plain = ClientInfo::new;
    let fixed = || builder().cookie_max_age(days(1));
    let as_token = || builder().session_cookie(false);
    #[rustfmt::skip]
    let rows: Vec<(&str, ConfigBuilder, ClientInfo, [Option<&str>; 2])> = vec![
        ("by default until the browser closes", builder(), plain(), [None, None]),
        ("remember me", builder(), plain().persistent(days(30)), [Some("2592000"), Some("2592000")]),
        ("as configured", fixed(), plain(), [Some("86400"), Some("86400")]),
        ("not as configured", fixed(), plain().session(), [None, None]),
        ("as the tokens: at log-in", as_token(), plain(), [Some("900"), Some("1728000")]),
    ];
    for (row, config, client, expected) in rows {
        let house = house(config);
        let first = now(house.auth.log_in("user1", client)).unwrap();
        house.clock.advance(minutes(1));
        let second = house.refresh(&first).unwrap();
        for tokens in [first, second] {
            let [access, access_csrf, refresh, refresh_csrf] = max_ages(&house, &tokens);
            assert_eq!([access.as_deref(), refresh.as_deref()], expected, "{row}");
            assert_eq!((access, refresh), (access_csrf, refresh_csrf), "{row}");
        }
    }
}

fn max_ages(house: &House, tokens: &TokenPair) -> [Option<String>; 4] {
    let cookies = house.auth.set_cookies(tokens).unwrap();
    let lines = cookies.lines().map(crate::SetCookie::to_header_value);
    let ages: Vec<Option<String>> = lines
        .map(|line| {
            let (_, rest) = line.split_once("Max-Age=")?;
            rest.split(';').next().map(str::to_owned)
        })
        .collect();
    ages.try_into().unwrap()
}

#[test]
fn a_log_in_ends_the_session_that_the_request_was_in() {
    type Carries = fn(&House, &TokenPair) -> Head;
    #[rustfmt::skip]
    let rows: [(&str, Carries, bool); 7] = [
        ("nothing", |_, _| Head::new("POST"), false),
        ("the access cookie", |_, tokens| Head::new("POST").access(tokens.access().as_str()), true),
        ("the refresh cookie", |_, tokens| Head::new("POST").refresh(tokens.refresh().as_str()), true),
        ("both", |_, tokens| Head::new("POST").access(tokens.access().as_str()).refresh(tokens.refresh().as_str()), true),
        ("an access cookie that has expired", |house, tokens| {
            house.clock.advance(minutes(16));
            Head::new("POST").access(tokens.access().as_str())
        }, true),
        ("a forged cookie", |_, tokens| Head::new("POST").access(&tokens.access().as_str().replace('.', "a.")), false),
        ("a token in a place that is not configured", |_, tokens| Head::new("POST").bearer(tokens.access().as_str()), false),
    ];
    for (row, carries, ends) in rows {
        let house = house(builder());
        let old = house.log_in("user1");
        let head = carries(&house, &old);
        house.told();
        let client = house.auth.client_info(&head);
        let new = now(house.auth.log_in("user2", client)).unwrap();
        let mut told = vec![EventKind::LoggedIn];
        told.extend(ends.then_some(EventKind::Revoked(EndReason::Replaced)));
        assert_eq!(house.told(), told, "{row}");
        assert_eq!(house.refresh(&old).is_err(), ends, "{row}");
        assert_eq!(house.enter(&new), "user2", "{row}");
    }
}

#[test]
fn what_the_client_says_of_itself_is_short_and_printable() {
    let long = "ü".repeat(300);
    let rows = [
        (
            "as it is",
            "Mozilla/5.0 (X11)",
            Some("Mozilla/5.0 (X11)".to_owned()),
        ),
        ("controls", "a\r\nb\0\u{7f}c", Some("abc".to_owned())),
        ("nothing", "", None),
        ("blanks", " \t ", None),
        ("long", long.as_str(), Some("ü".repeat(256))),
    ];
    for (row, said, kept) in rows {
        let house = house(builder());
        let head = Head::new("POST").header("user-agent", said);
        let client = house.auth.client_info(&head).label(said).ip([192, 0, 2, 1]);
        drop(now(house.auth.log_in("user1", client)).unwrap());
        let sessions = now(house.auth.sessions("user1")).unwrap();
        assert_eq!(sessions[0].label(), kept.as_deref(), "{row}");
        assert_eq!(sessions[0].user_agent(), kept.as_deref(), "{row}");
        assert_eq!(sessions[0].ip().unwrap().to_string(), "192.0.2.1");
    }
}

#[test]
fn a_session_s_token_makes_tokens_of_the_session_only() {
    let house = house(builder());
    let tokens = house.log_in("user1");
    let access = house.access(&tokens);
    let second = house.auth.create_access_token(&access).unwrap();
    for name in ["sid", "gen", "auth_time", "csrf"] {
        assert_eq!(
            claims(second.as_str())[name],
            claims(tokens.access().as_str())[name],
            "{name}"
        );
    }
    let error = house.auth.create_refresh_token(&access).unwrap_err();
    assert!(matches!(error, IssueError::RefreshOfSession), "{error}");
    assert!(house.auth.create_token_pair(&access).is_err());

    // A log-in with a token, for the same or another user, is a separate session.
    let other = now(house.auth.log_in(&access, ClientInfo::new())).unwrap();
    assert_ne!(
        claims(other.access().as_str())["sid"],
        claims(tokens.access().as_str())["sid"]
    );

    now(house
        .auth
        .revoke_session(&access, &access.session_id().unwrap()))
    .unwrap();
    let head = Head::new("GET").access(second.as_str());
    assert_eq!(
        crate::testing::outcome(&house.auth, &head, &crate::Require::access()),
        "session_ended"
    );
}

#[test]
fn a_mistake_of_the_program_leaves_no_session() {
    let house = house(builder());
    let rows = [
        ("no subject", NewToken::for_subject("")),
        (
            "a registered claim",
            NewToken::for_subject("user1").claim("sid", "a"),
        ),
        (
            "no life",
            NewToken::for_subject("user1").expires_in(std::time::Duration::ZERO),
        ),
    ];
    for (row, token) in rows {
        let error = now(house.auth.log_in(token, ClientInfo::new())).unwrap_err();
        assert!(matches!(error, AuthError::Issue(_)), "{row}");
        assert_eq!(house.told(), [], "{row}");
    }
    assert!(now(house.auth.sessions("user1")).unwrap().is_empty());
}

#[test]
fn a_log_in_whose_tokens_cannot_be_made_is_in_no_list() {
    let house = house(builder());
    let token = NewToken::for_subject("user1").claim("much", "x".repeat(8 * 1024));
    let error = now(house.auth.log_in(token, ClientInfo::new())).unwrap_err();
    assert!(matches!(error, AuthError::Issue(IssueError::TokenTooLong)));
    assert!(now(house.auth.sessions("user1")).unwrap().is_empty());
}

#[test]
fn remember_me_counts_without_a_store_too() {
    let auth = crate::testing::auth(builder());
    let client = ClientInfo::new().persistent(days(30));
    let tokens = now(auth.log_in("user1", client)).unwrap();
    let cookies = auth.set_cookies(&tokens).unwrap();
    let is_persistent =
        |line: &crate::SetCookie| line.to_header_value().contains("Max-Age=2592000");
    assert!(cookies.lines().all(is_persistent));
}

#[test]
fn nothing_of_a_session_is_shown_by_debug() {
    let house = house(builder());
    let client = ClientInfo::new().label("kitchen").ip([192, 0, 2, 1]);
    let tokens = now(house.auth.log_in("a user", client)).unwrap();
    let csrf = tokens.access().csrf().unwrap();
    let sessions = now(house.auth.sessions("a user")).unwrap();
    let shown = format!(
        "{tokens:?} {sessions:?} {:?} {:?} {:?}",
        ClientInfo::new().label("kitchen").ip([192, 0, 2, 1]),
        crate::session::Owner::from("a user"),
        NewToken::from(&house.access(&tokens)).session
    );
    let id = sessions[0].id().as_str();
    for secret in [csrf, id, "kitchen", "192.0.2.1", "a user"] {
        assert!(!shown.contains(secret), "{secret}: {shown}");
    }
}
