//! Rate limits: who is counted together, what is answered, and what is left alone.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};

use handstamp::error::StoreError;
use handstamp::limit::{
    Bucket, Charged, Limit, LimitStore, MemoryLimits, Quota, RateLimits, TrustedProxies,
    WhenUnavailable,
};
use handstamp::store::BoxFuture;
use handstamp::testing::TestClock;

use super::App;
use super::suite::{Suite, access_cookie, csrf, get, post, refresh_cookie};
use crate::{Reply, Request};

/// The peer of every request to the app: a proxy.
pub const PEER: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 0, 0, 1));

/// The proxies that the app trusts, among them [`PEER`].
///
/// # Panics
/// Never: the network is one.
#[must_use]
pub fn proxies() -> TrustedProxies {
    TrustedProxies::new(["10.0.0.0/8".parse().expect("it is a network")])
}

/// The limits of the app, by the last segment of their routes.
#[derive(Debug)]
pub(super) struct Limits(BTreeMap<&'static str, RateLimits>);

impl Limits {
    pub(super) fn new(clock: &TestClock) -> Self {
        let memory = || MemoryLimits::with_clock(clock.clone());
        let two = Quota::per_hour(2);
        let shared = |limits: Vec<Limit>| {
            RateLimits::shared(memory(), WhenUnavailable::Refuse, limits).expect("they are limits")
        };
        let without_store = |when| {
            let limit = Limit::by_address("down", two);
            RateLimits::shared(Down, when, [limit]).expect("it is a limit")
        };
        let both = vec![
            Limit::by_address("burst", Quota::per_second(1)),
            Limit::by_subject("long", two),
        ];
        Self(BTreeMap::from([
            ("address", shared(vec![Limit::by_address("address", two)])),
            ("subject", shared(vec![Limit::by_subject("subject", two)])),
            ("session", shared(vec![Limit::by_session("session", two)])),
            ("both", shared(both)),
            ("refresh", shared(vec![Limit::by_address("refresh", two)])),
            ("open", without_store(WhenUnavailable::Allow)),
            ("closed", without_store(WhenUnavailable::Refuse)),
        ]))
    }

    pub(super) fn get(&self, name: &str) -> RateLimits {
        self.0.get(name).expect("the app has this limit").clone()
    }
}

/// A store that does not answer.
#[derive(Debug)]
struct Down;

impl LimitStore for Down {
    fn charge<'a>(&'a self, _: &'a [Bucket]) -> BoxFuture<'a, Result<Charged, StoreError>> {
        Box::pin(async { Err(StoreError::new("it is down")) })
    }

    fn refund<'a>(&'a self, _: &'a [Bucket]) -> BoxFuture<'a, Result<(), StoreError>> {
        Box::pin(async { Err(StoreError::new("it is down")) })
    }

    fn purge_limits(&self) -> BoxFuture<'_, Result<u64, StoreError>> {
        Box::pin(async { Err(StoreError::new("it is down")) })
    }
}

pub(super) async fn rows<S: AsyncFn(&App, &Request) -> Reply>(suite: &mut Suite<S>) {
    by_address(suite).await;
    by_token(suite).await;
    several(suite).await;
    refreshes(suite).await;
    without_a_store(suite).await;
}

async fn by_address<S: AsyncFn(&App, &Request) -> Reply>(suite: &mut Suite<S>) {
    let app = App::new(&[]);
    let from = |client: &str| get("/limited/address").header("x-forwarded-for", client);
    let preflight = Request::new("OPTIONS", "/limited/address")
        .header("origin", "https://www.example.com")
        .header("access-control-request-method", "GET");
    let with_cookie = preflight.clone().header("x-forwarded-for", "192.0.2.7");
    #[rustfmt::skip]
    let rows: [(&str, Request, u64, Result<&str, (&str, &str)>); 14] = [
        ("the first", from("192.0.2.7"), 0, Ok(r#""address";r=1;t=1800"#)),
        ("the second", from("192.0.2.7"), 0, Ok(r#""address";r=0;t=1800"#)),
        ("one too many", from("192.0.2.7"), 0, Err(("1800", r#""address";r=0;t=1800"#))),
        ("with another method", post("/limited/address").header("x-forwarded-for", "192.0.2.7"), 0, Err(("1800", r#""address";r=0;t=1800"#))),
        ("a preflight with a cookie is none", with_cookie.cookies(["a=b"]), 0, Err(("1800", r#""address";r=0;t=1800"#))),
        ("another client", from("192.0.2.8"), 0, Ok(r#""address";r=1;t=1800"#)),
        ("a forged address in front", from("192.0.2.9, 192.0.2.7"), 0, Err(("1800", r#""address";r=0;t=1800"#))),
        ("through two proxies", from("192.0.2.7, 10.0.0.2"), 0, Err(("1800", r#""address";r=0;t=1800"#))),
        ("no valid address: the proxy counts", from("unknown"), 0, Ok(r#""address";r=1;t=1800"#)),
        ("IPv6", from("2001:db8::1"), 0, Ok(r#""address";r=1;t=1800"#)),
        ("IPv6 of the same network", from("2001:db8::2"), 0, Ok(r#""address";r=0;t=1800"#)),
        ("IPv6 of another network", from("2001:db8:0:1::1"), 0, Ok(r#""address";r=1;t=1800"#)),
        ("a little too early", from("192.0.2.7"), 1799, Err(("1", r#""address";r=0;t=1"#))),
        ("after the wait", from("192.0.2.7"), 1, Ok(r#""address";r=0;t=1800"#)),
    ];
    for (row, request, seconds, expected) in rows {
        // Of a client that is not to wait.
        for _ in 0..3 {
            let request = preflight.clone().header("x-forwarded-for", "192.0.2.7");
            let reply = suite.send(&app, &request).await;
            suite.equal(row, "preflight", reply.header("ratelimit"), None);
        }
        app.advance(seconds);
        let reply = suite.send(&app, &request).await;
        let left = reply.header("ratelimit").unwrap_or_default();
        let got = match (reply.status, reply.header("retry-after")) {
            (200, None) => Ok(left),
            (429, Some(wait)) => Err((wait, left)),
            _ => panic!("{row}: {reply:?}"),
        };
        suite.equal(row, "answer", got, expected);
        let policy = reply.header("ratelimit-policy");
        suite.equal(row, "policy", policy, Some(r#""address";q=2;w=3600"#));
        let code = reply.header(super::REJECTION);
        suite.equal(
            row,
            "code",
            code,
            expected.is_err().then_some("rate_limited"),
        );
    }
}

async fn by_token<S: AsyncFn(&App, &Request) -> Reply>(suite: &mut Suite<S>) {
    let app = App::new(&[]);
    let of = |token: &handstamp::TokenPair, target: &str| {
        get(target)
            .cookies([access_cookie(token.access())])
            .header("x-forwarded-for", "192.0.2.7")
    };
    let [one, two] = [app.log_in("user1"), app.log_in("user1")];
    let other = app.log_in("user2");
    let strange = |target: &str| get(target).header("x-forwarded-for", "192.0.2.7");
    let forged = |target: &str| strange(target).cookies(["access_token_cookie=a.b.c"]);
    let (subject, session) = ("/limited/subject", "/limited/session");
    let limited = Err("rate_limited");
    for (row, request, expected) in [
        ("a user", of(&one, subject), Ok("user1")),
        ("on another device", of(&two, subject), Ok("user1")),
        ("a third time", of(&one, subject), limited),
        (
            "another user at the same address",
            of(&other, subject),
            Ok("user2"),
        ),
        ("without a token", strange(subject), Err("missing_token")),
        ("with a dead one", forged(subject), Err("invalid_token")),
        (
            "strangers count by their address",
            strange(subject),
            limited,
        ),
        (
            "a user is not counted with them",
            of(&other, subject),
            Ok("user2"),
        ),
        (
            "a user without the CSRF value is counted as that user",
            post(subject).cookies([access_cookie(other.access())]),
            limited,
        ),
        ("a device", of(&one, session), Ok("user1")),
        ("again", of(&one, session), Ok("user1")),
        ("a third time by session", of(&one, session), limited),
        ("another device of the user", of(&two, session), Ok("user1")),
    ] {
        suite.check(row, &app, request, expected).await;
    }
}

async fn several<S: AsyncFn(&App, &Request) -> Reply>(suite: &mut Suite<S>) {
    let app = App::new(&[]);
    let tokens = app.log_in("user1");
    let request = get("/limited/both").cookies([access_cookie(tokens.access())]);
    for (row, seconds, expected) in [
        ("both limits have room", 0, Ok("user1")),
        ("the short one has none", 0, Err("rate_limited")),
        (
            "nor again, and the long one was not charged",
            0,
            Err("rate_limited"),
        ),
        ("both have room", 1, Ok("user1")),
        ("the long one has none", 1, Err("rate_limited")),
    ] {
        app.advance(seconds);
        suite.check(row, &app, request.clone(), expected).await;
    }
}

async fn refreshes<S: AsyncFn(&App, &Request) -> Reply>(suite: &mut Suite<S>) {
    let app = App::new(&[]);
    let tokens = app.log_in("user1");
    let request = post("/limited/refresh")
        .cookies([refresh_cookie(tokens.refresh())])
        .header("x-csrf-token", csrf(tokens.refresh()));
    let mut statuses = Vec::new();
    for _ in 0..4 {
        let reply = suite.send(&app, &request).await;
        if reply.status == 429 {
            let touched = reply.all("set-cookie").count();
            suite.equal("a limited refresh", "cookies", touched, 0);
        }
        statuses.push(reply.status);
    }
    suite.equal("refreshes", "statuses", statuses, [200, 200, 429, 429]);
    let ended = app.has_ended(&tokens);
    suite.equal("a limited refresh", "session has ended", ended, false);
    app.advance(1800);
    let reply = suite.send(&app, &request).await;
    suite.equal("a refresh after the wait", "status", reply.status, 200);
}

async fn without_a_store<S: AsyncFn(&App, &Request) -> Reply>(suite: &mut Suite<S>) {
    let app = App::new(&[]);
    for (row, target, expected) in [
        (
            "a store that is down, declared open",
            "/limited/open",
            Ok("welcome"),
        ),
        ("and closed", "/limited/closed", Err("store_unavailable")),
    ] {
        suite.check(row, &app, get(target), expected).await;
    }
}
