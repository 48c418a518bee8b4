//! When an access token is renewed, what the new one says, and that every chain of renewals ends.

#![expect(clippy::type_complexity, reason = "rows of tables are tuples")]

mod changed;
mod law;
mod revoked;
mod said;

use std::sync::Arc;

use serde_json::{Value, json};

use super::{ImplicitRefresh, ResponseHead};
use crate::adapter::RequestState;
use crate::config::ConfigBuilder;
use crate::purpose::Access;
use crate::session::ClientInfo;
use crate::store::MemoryStore;
use crate::testing::{
    CSRF, Head, NOW, TestClock, ask, auth, auth_and_clock, builder, clock_at, now, token,
};
use crate::{Auth, Authenticated, Location, Require, SetCookies, TokenPair, days, minutes};

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
    let refresh = auth.begin_implicit_refresh("GET", "/").unwrap();
    refresh.record(&Arc::new(token));
    now(refresh.cookies(answer))
}

fn record(auth: &Auth, token: &str) -> Authenticated<Access> {
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
fn with_sessions(config: ConfigBuilder) -> (Auth, TestClock) {
    let clock = clock_at(NOW);
    let auth = Auth::builder(config.build().unwrap())
        .with_clock(clock.clone())
        .store(MemoryStore::with_clock(clock.clone()))
        .build()
        .unwrap();
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
        ("as AuthX issues it", |config| config, json!({"iat": (f64::from(u32::try_from(NOW - 600).unwrap()) + 0.5), "exp": NOW + 60, "data": null}), true),
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
        let token = record(&auth, &token(&auth, &changes));
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
        let token = record(&auth, &token(&auth, &due));
        let cookies = refreshed(&auth, token, &Answer(*status, headers));
        assert_eq!(cookies.is_some(), *expected, "{row}");
    }
}

#[test]
fn only_a_cookie_that_was_let_in_is_renewed() {
    let auth = auth(builder().token_locations([Location::Headers, Location::Cookies]));
    let due = token(&auth, &json!({"iat": NOW - 800, "exp": NOW + 100}));
    let cookie = Arc::new(record(&auth, &due));
    let bearer = Head::new("GET").bearer(&due);
    let bearer = Arc::new(ask(&auth, &bearer, &Require::access()).unwrap());
    let refresh = token(&auth, &json!({"type": "refresh"}));
    let head = Head::new("POST").refresh(&refresh).csrf(CSRF);
    let refresh = Arc::new(ask(&auth, &head, &Require::refresh()).unwrap());
    let begin = || auth.begin_implicit_refresh("GET", "/").unwrap();
    let is_renewed = |begun: &ImplicitRefresh| now(begun.cookies(&Answer(200, &[]))).is_some();

    let nobody = begin();
    assert!(!is_renewed(&nobody), "no token was admitted");
    let header = begin();
    header.record(&bearer);
    assert!(!is_renewed(&header), "a header");
    header.record(&cookie);
    assert!(is_renewed(&header), "a header, and a cookie");
    let other = begin();
    other.record(&refresh);
    assert!(!is_renewed(&other), "a refresh token");
    let both = begin();
    both.clone().record(&cookie);
    assert!(is_renewed(&both), "clones are one");
    assert!(auth.begin_implicit_refresh("CONNECT", "/").is_none());
    let stranger = crate::testing::auth(builder());
    for (row, by, expected) in [("its own", &auth, true), ("another", &stranger, false)] {
        let (refresh, mut state) = (begin(), RequestState::default());
        state.register(&auth, &refresh);
        state.record(by, &cookie).unwrap();
        assert_eq!(is_renewed(&refresh), expected, "admitted by {row}");
    }
    assert!(!format!("{both:?}").contains("user1"), "{both:?}");
}
