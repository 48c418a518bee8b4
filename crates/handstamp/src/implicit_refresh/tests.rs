//! When an access token is renewed, what the new one says, and that no chain of them goes on for ever.

#![expect(clippy::type_complexity, reason = "rows of tables are tuples")]

use std::sync::Arc;
use std::time::Duration;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{ImplicitRefresh, ResponseHead};
use crate::config::{CheckSessions, ConfigBuilder};
use crate::purpose::Access;
use crate::session::ClientInfo;
use crate::store::MemoryStore;
use crate::testing::{
    CSRF, Head, ManualClock, NOW, ask, auth, auth_and_clock, builder, now, token,
};
use crate::{
    Auth, Authenticated, Location, NewToken, Require, SetCookie, SetCookies, TokenPair, days,
    minutes,
};

/// The head of a response, by hand.
struct Answer(u16, &'static [(&'static str, &'static str)]);

impl ResponseHead for Answer {
    fn status(&self) -> u16 {
        self.0
    }

    fn header_values(&self, name: &str) -> impl Iterator<Item = &[u8]> {
        let named = move |(own, _): &&(&str, &str)| *own == name;
        self.1
            .iter()
            .filter(named)
            .map(|(_, value)| value.as_bytes())
    }
}

/// What the answer to a request with this token sets.
fn refreshed(auth: &Auth, token: Authenticated<Access>, answer: &Answer) -> Option<SetCookies> {
    let refresh = ImplicitRefresh::begin(auth, "GET", "/").unwrap();
    refresh.let_in(&Arc::new(token));
    now(refresh.cookies(answer))
}

fn let_in(auth: &Auth, token: &str) -> Authenticated<Access> {
    ask(auth, &Head::new("GET").access(token), &Require::access()).unwrap()
}

/// The value of the first cookie: the new token.
fn renewed(cookies: &SetCookies) -> String {
    let line = cookies.lines().next().unwrap().to_header_value();
    let value = line.strip_prefix("access_token_cookie=").unwrap();
    value.split(';').next().unwrap().to_owned()
}

fn claims(token: &Authenticated<Access>) -> Value {
    token.claims().unwrap()
}

/// A service with sessions, whose clock moves when it is told.
fn with_sessions(config: ConfigBuilder) -> (Auth, ManualClock) {
    let clock = ManualClock::default();
    clock.set(NOW);
    let auth = Auth::builder(config.build().unwrap())
        .with_clock(clock.clone())
        .store(MemoryStore::with_clock(clock.clone()))
        .build();
    (auth, clock)
}

fn log_in(auth: &Auth, client: ClientInfo) -> TokenPair {
    now(auth.log_in("user1", client)).unwrap()
}

#[test]
fn tokens_are_renewed_shortly_before_they_end() {
    #[rustfmt::skip]
    let rows: [(&str, fn(ConfigBuilder) -> ConfigBuilder, Value, bool); 17] = [
        ("ten minutes left", |config| config, json!({"exp": NOW + 600}), false),
        ("less than ten minutes left", |config| config, json!({"exp": NOW + 599}), true),
        ("a second left", |config| config, json!({"exp": NOW + 1}), true),
        ("more left than asked for", |config| config.implicit_refresh_deltatime(minutes(1)), json!({"exp": NOW + 60}), false),
        ("less left than asked for", |config| config.implicit_refresh_deltatime(minutes(1)), json!({"exp": NOW + 59}), true),
        ("a short life, half of it over", |config| config.access_token_expires(minutes(4)), json!({"iat": NOW - 121, "exp": NOW + 119}), true),
        ("a short life, less than half of it over", |config| config.access_token_expires(minutes(4)), json!({"iat": NOW - 119, "exp": NOW + 121}), false),
        ("a token of a short life, half of it over", |config| config, json!({"iat": NOW - 31, "exp": NOW + 29}), true),
        ("a token of a short life, less than half of it over", |config| config, json!({"iat": NOW - 29, "exp": NOW + 31}), false),
        ("over, within the leeway", |config| config.decode_leeway(minutes(1)), json!({"iat": NOW - 900, "exp": NOW}), true),
        ("the log-in is too long ago", |config| config.refresh_token_expires(days(1)), json!({"iat": NOW - 600, "exp": NOW + 300, "auth_time": NOW - 86_400 + 300}), false),
        ("the log-in is almost too long ago", |config| config.refresh_token_expires(days(1)), json!({"iat": NOW - 600, "exp": NOW + 300, "auth_time": NOW - 86_400 + 301}), true),
        ("a log-in in the future is none", |config| config.access_token_expires(minutes(15)).refresh_token_expires(minutes(15)), json!({"iat": NOW - 600, "exp": NOW + 300, "auth_time": NOW + 86_400}), false),
        ("sessions are required, and it has none", |config| config.session_tracking(true), json!({"exp": NOW + 60}), false),
        ("its session is kept elsewhere", |config| config, json!({"exp": NOW + 60, "sid": "elsewhere"}), false),
        ("without a CSRF value", |config| config, json!({"exp": NOW + 60, "csrf": ""}), true),
        ("as the original makes it", |config| config, json!({"iat": (f64::from(u32::try_from(NOW - 600).unwrap()) + 0.5), "exp": NOW + 60, "data": null}), true),
    ];
    for (row, config, mut changes, expected) in rows {
        if changes.get("iat").is_none() {
            changes["iat"] = json!(NOW - 900);
        }
        let config = config(builder());
        let (auth, _) = if row.starts_with("sessions") {
            with_sessions(config)
        } else {
            auth_and_clock(config)
        };
        let token = let_in(&auth, &token(&auth, &changes));
        let cookies = refreshed(&auth, token, &Answer(200, &[]));
        assert_eq!(cookies.is_some(), expected, "{row}");
    }
}

#[test]
fn some_answers_carry_nothing() {
    let auth = auth(builder());
    #[rustfmt::skip]
    let rows: &[(&str, u16, &[(&str, &str)], bool)] = &[
        ("a success", 200, &[], true),
        ("nothing to say", 204, &[], true),
        ("a redirect", 303, &[], true),
        ("a permanent redirect", 308, &[], true),
        ("cookies of others", 200, &[("set-cookie", "theme=dark"), ("set-cookie", "csrf_access_token2=x")], true),
        ("a value that looks like the name", 200, &[("set-cookie", "a=access_token_cookie")], true),
        ("the refresh token's cookies", 200, &[("set-cookie", "refresh_token_cookie=x")], true),
        ("what caches may keep: that is replaced", 200, &[("cache-control", "public")], true),
        ("another protocol", 101, &[], false),
        ("what the browser has", 304, &[], false),
        ("a bad request", 400, &[], false),
        ("a refusal", 401, &[], false),
        ("no such page", 404, &[], false),
        ("a failure", 500, &[], false),
        ("no status", 0, &[], false),
        ("the access cookie, set", 200, &[("set-cookie", "access_token_cookie=x; Path=/")], false),
        ("the access cookie, deleted", 200, &[("set-cookie", "access_token_cookie=; Max-Age=0")], false),
        ("the access cookie of another path", 200, &[("set-cookie", "access_token_cookie=; Path=/other; Domain=x.example")], false),
        ("after others", 200, &[("set-cookie", "theme=dark"), ("set-cookie", "access_token_cookie=x")], false),
        ("its CSRF cookie", 303, &[("set-cookie", "csrf_access_token=x")], false),
        ("with blanks", 200, &[("set-cookie", " access_token_cookie =x")], false),
        ("without a value", 200, &[("set-cookie", "access_token_cookie; Path=/")], false),
        ("all cookies deleted", 200, &[("clear-site-data", "\"cookies\"")], false),
        ("what other caches may keep", 200, &[("cdn-cache-control", "max-age=60")], false),
        ("the same for a proxy", 200, &[("x-accel-expires", "60")], false),
    ];
    for (row, status, headers, expected) in rows {
        let due = json!({"iat": NOW - 800, "exp": NOW + 100});
        let token = let_in(&auth, &token(&auth, &due));
        let cookies = refreshed(&auth, token, &Answer(*status, headers));
        assert_eq!(cookies.is_some(), *expected, "{row}");
    }
}

#[test]
fn only_a_cookie_that_was_let_in_is_renewed() {
    let auth = auth(builder().token_locations([Location::Headers, Location::Cookies]));
    let due = token(&auth, &json!({"iat": NOW - 800, "exp": NOW + 100}));
    let cookie = Arc::new(let_in(&auth, &due));
    let bearer = Head::new("GET").bearer(&due);
    let bearer = Arc::new(ask(&auth, &bearer, &Require::access()).unwrap());
    let refresh = token(&auth, &json!({"type": "refresh"}));
    let head = Head::new("POST").refresh(&refresh).csrf(CSRF);
    let refresh = Arc::new(ask(&auth, &head, &Require::refresh()).unwrap());
    let begin = || ImplicitRefresh::begin(&auth, "GET", "/").unwrap();
    let is_renewed = |begun: &ImplicitRefresh| now(begun.cookies(&Answer(200, &[]))).is_some();

    let nobody = begin();
    assert!(!is_renewed(&nobody), "nobody was let in");
    let header = begin();
    header.let_in(&bearer);
    assert!(!is_renewed(&header), "a header");
    header.let_in(&cookie);
    assert!(is_renewed(&header), "a header, and a cookie");
    let other = begin();
    other.let_in(&refresh);
    assert!(!is_renewed(&other), "a refresh token");
    let both = begin();
    both.clone().let_in(&cookie);
    assert!(is_renewed(&both), "clones are one");
    assert!(ImplicitRefresh::begin(&auth, "CONNECT", "/").is_none());
    assert!(both.is_of(&auth));
    assert!(!both.is_of(&crate::testing::auth(builder())));
    assert!(!format!("{both:?}").contains("user1"), "{both:?}");
}

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
    let first = let_in(&auth, first.as_str());
    let mut expected = claims(&first);
    clock.advance(minutes(14));
    let cookies = refreshed(&auth, first, &Answer(200, &[])).unwrap();
    let lines: Vec<String> = cookies.lines().map(SetCookie::to_header_value).collect();
    assert_eq!(lines.len(), 2);
    let csrf = expected["csrf"].as_str().unwrap();
    assert!(lines[1].starts_with(&format!("csrf_access_token={csrf};")));

    let second = let_in(&auth, &renewed(&cookies));
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
fn in_a_session_it_lives_and_is_kept_as_the_session_says() {
    let (auth, clock) = with_sessions(builder().session_absolute(minutes(40)));
    let user = NewToken::for_subject("user1").expires_in(minutes(20));
    let tokens = now(auth.log_in(user, ClientInfo::new().persistent(days(30)))).unwrap();
    let first = let_in(&auth, tokens.access().as_str());
    let mut expected = claims(&first);
    clock.advance(minutes(19));
    let cookies = refreshed(&auth, first, &Answer(200, &[])).unwrap();
    assert!(cookies.lines().all(|line| {
        let line = line.to_header_value();
        line.contains("; Max-Age=2592000;")
    }));
    let second = let_in(&auth, &renewed(&cookies));
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
    let third = let_in(&auth, &renewed(&cookies));
    assert_eq!(third.expires_at().as_secs(), NOW + 40 * 60, "its end");
    clock.advance(minutes(1));
    assert!(refreshed(&auth, third, &Answer(200, &[])).is_none());
}

#[test]
fn what_was_revoked_since_is_not_renewed() {
    let ends: [(&str, fn(&Auth, &TokenPair)); 4] = [
        ("its session", |auth, tokens| {
            let token = let_in(auth, tokens.access().as_str());
            let session = token.session_id().unwrap();
            now(auth.revoke_session(&token, &session)).unwrap();
        }),
        ("all sessions of the user", |auth, _| {
            now(auth.revoke_all_sessions("user1")).unwrap();
        }),
        ("the token itself", |auth, tokens| {
            let token = let_in(auth, tokens.access().as_str());
            now(auth.revoke_token("user1", token.id(), token.expires_at())).unwrap();
        }),
        ("the session, by a log-out", |auth, tokens| {
            let head = Head::new("POST")
                .access(tokens.access().as_str())
                .csrf(tokens.access().csrf().unwrap());
            drop(now(auth.log_out(auth.authenticate_log_out(&head).unwrap())).unwrap());
        }),
    ];
    for checked in [CheckSessions::EveryRequest, CheckSessions::OnRefresh] {
        for tracking in [true, false] {
            for (row, end) in ends {
                let config = builder().check_sessions(checked);
                let (auth, clock) = with_sessions(if tracking {
                    config
                } else {
                    config.session_tracking(false)
                });
                let tokens = log_in(&auth, ClientInfo::new());
                let token = let_in(&auth, tokens.access().as_str());
                clock.advance(minutes(14));
                let before = let_in(&auth, tokens.access().as_str());
                assert!(
                    refreshed(&auth, before, &Answer(200, &[])).is_some(),
                    "{row}"
                );
                if tracking || row != "its session" {
                    end(&auth, &tokens);
                    let cookies = refreshed(&auth, token, &Answer(200, &[]));
                    assert!(cookies.is_none(), "{row}, {checked:?}, {tracking}");
                }
            }
        }
    }
}

#[test]
fn what_ends_while_the_handler_works_is_not_renewed() {
    let (auth, clock) = auth_and_clock(builder());
    let token = auth.create_access_token("user1").unwrap();
    let token = let_in(&auth, token.as_str());
    clock.advance(minutes(15));
    assert!(refreshed(&auth, token, &Answer(200, &[])).is_none());
}

proptest! {
    /// However often, and whenever somebody comes: what was renewed says when the log-in was, and ends in time.
    #[test]
    fn no_chain_outlives_its_session_or_log_in(
        visits in prop::collection::vec(0_u64..1500, 1..60),
        access in 1_u64..1200,
        refresh in 1200_u64..12_000,
        absolute in 1_u64..12_000,
        delta in 1_u64..2000,
        leeway in 0_u64..60,
        has_session: bool,
    ) {
        let span = Duration::from_secs;
        let config = builder()
            .access_token_expires(span(access))
            .refresh_token_expires(span(refresh))
            .session_absolute(span(absolute))
            .implicit_refresh_deltatime(span(delta))
            .decode_leeway(span(leeway))
            .session_tracking(has_session);
        let (auth, clock) = with_sessions(config);
        let tokens = log_in(&auth, ClientInfo::new());
        let end = NOW + if has_session { refresh.min(absolute) } else { refresh };
        let mut current = tokens.access().as_str().to_owned();
        let mut at = NOW;
        for visit in visits {
            at += visit;
            clock.set(at);
            let head = Head::new("GET").access(&current);
            let Ok(token) = ask(&auth, &head, &Require::access()) else {
                break;
            };
            prop_assert!(at < end + leeway, "let in {} s after the end", at - end);
            let csrf = token.csrf().map(str::to_owned);
            let old_end = token.expires_at();
            let Some(cookies) = refreshed(&auth, token, &Answer(200, &[])) else {
                continue;
            };
            current = renewed(&cookies);
            let token = let_in(&auth, &current);
            prop_assert!(token.expires_at() > old_end);
            prop_assert!(token.expires_at().as_secs() <= end);
            prop_assert!(token.expires_at().as_secs() <= at + access);
            prop_assert_eq!(token.authenticated_at().as_secs(), NOW);
            prop_assert_eq!(token.csrf().map(str::to_owned), csrf);
            prop_assert!(!token.is_fresh());
        }
    }
}
