//! What a response says about cookies.

use handstamp::NewToken;

use super::App;
use super::suite::{Suite, csrf, get, post, refresh_cookie};
use crate::{Jar, Reply, Request};

pub(super) async fn rows<S: AsyncFn(&App, &Request) -> Reply>(suite: &mut Suite<S>) {
    lines(suite).await;
    a_life(suite).await;
    whatever_the_token_says(suite).await;
    refreshed(suite).await;
}

/// What a line is, with the value left out: `*` where there is one.
pub(super) fn shapes(reply: &Reply) -> Vec<String> {
    let shape = |line: &str| {
        let (pair, attributes) = line.split_once("; ").unwrap_or((line, ""));
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let value = if value.is_empty() { "" } else { "*" };
        format!("{name}={value}; {attributes}")
    };
    reply.all("set-cookie").map(shape).collect()
}

async fn lines<S: AsyncFn(&App, &Request) -> Reply>(suite: &mut Suite<S>) {
    let full: &[(&str, &str)] = &[
        ("JWT_COOKIE_DOMAIN", "example.com"),
        ("JWT_COOKIE_SAMESITE", "strict"),
        ("JWT_ACCESS_COOKIE_PATH", "/api"),
    ];
    let apart: &[(&str, &str)] = &[
        ("JWT_COOKIE_SAMESITE", "strict"),
        ("HANDSTAMP_REFRESH_COOKIE_SAMESITE", "none"),
        ("JWT_REFRESH_COOKIE_PATH", "/auth"),
        ("JWT_REFRESH_CSRF_COOKIE_PATH", "/app"),
        ("JWT_COOKIE_MAX_AGE", "600"),
    ];
    let across: &[(&str, &str)] = &[("JWT_COOKIE_SAMESITE", "none")];
    let framed: &[(&str, &str)] = &[
        ("JWT_COOKIE_SAMESITE", "none"),
        ("HANDSTAMP_COOKIE_PARTITIONED", "true"),
    ];
    let host: &[(&str, &str)] = &[("HANDSTAMP_COOKIE_PREFIX", "host")];
    let plain: &[(&str, &str)] = &[
        ("JWT_COOKIE_SECURE", "false"),
        ("JWT_CSRF_IN_COOKIES", "false"),
    ];
    for (row, settings, target, status, expected) in [
        (
            "a log-in sets four, in this order",
            &[] as &[_],
            "/login",
            200,
            LOGIN,
        ),
        (
            "a log-in that is remembered",
            &[],
            "/remember",
            200,
            REMEMBER,
        ),
        (
            "a log-out unsets the four, with every attribute repeated",
            &[],
            "/logout",
            200,
            LOGOUT,
        ),
        (
            "a log-out of the access token",
            &[],
            "/logout-access",
            200,
            &LOGOUT[..2],
        ),
        (
            "a log-out of the refresh token",
            &[],
            "/logout-refresh",
            200,
            &LOGOUT[2..],
        ),
        ("cookies survive on an error", &[], "/failed", 400, LOGOUT),
        (
            "one line per name: the later wins",
            &[],
            "/login-twice",
            200,
            &LOGIN[..2],
        ),
        (
            "a cookie of the application's own is kept",
            &[],
            "/login-among-others",
            200,
            AMONG_OTHERS,
        ),
        (
            "every attribute that is configured is set",
            full,
            "/login",
            200,
            FULL,
        ),
        (
            "every attribute that is configured is repeated",
            full,
            "/logout",
            200,
            FULL_LOGOUT,
        ),
        (
            "each token has a SameSite and a Path of its own",
            apart,
            "/login",
            200,
            APART,
        ),
        (
            "each token's SameSite and Path are repeated",
            apart,
            "/logout",
            200,
            APART_LOGOUT,
        ),
        (
            "cookies for other sites are set",
            across,
            "/login",
            200,
            ACROSS,
        ),
        (
            "cookies for other sites are unset for other sites",
            across,
            "/logout",
            200,
            ACROSS_LOGOUT,
        ),
        ("names with a prefix are set", host, "/login", 200, HOST),
        (
            "names with a prefix are unset with Secure",
            host,
            "/logout",
            200,
            HOST_LOGOUT,
        ),
        (
            "cookies for frames of other sites, and those of before deleted",
            framed,
            "/logout-access",
            200,
            FRAMED_LOGOUT,
        ),
        (
            "not Secure, and no CSRF cookies but those of before, which are deleted",
            plain,
            "/login",
            200,
            PLAIN,
        ),
    ] {
        let app = App::new(settings);
        let reply = suite.send(&app, &post(target)).await;
        suite.equal(row, "status", reply.status, status);
        suite.equal(row, "lines", shapes(&reply), expected);
        let cache: Vec<&str> = reply.all("cache-control").collect();
        suite.equal(row, "cache-control", cache, ["no-store"]);
    }
}

pub(super) const LOGIN: &[&str] = &[
    "access_token_cookie=*; HttpOnly; Path=/; SameSite=lax; Secure",
    "csrf_access_token=*; Path=/; SameSite=lax; Secure",
    "refresh_token_cookie=*; HttpOnly; Path=/; SameSite=lax; Secure",
    "csrf_refresh_token=*; Path=/; SameSite=lax; Secure",
];

pub(super) const REMEMBER: &[&str] = &[
    "access_token_cookie=*; HttpOnly; Max-Age=2592000; Path=/; SameSite=lax; Secure",
    "csrf_access_token=*; Max-Age=2592000; Path=/; SameSite=lax; Secure",
    "refresh_token_cookie=*; HttpOnly; Max-Age=2592000; Path=/; SameSite=lax; Secure",
    "csrf_refresh_token=*; Max-Age=2592000; Path=/; SameSite=lax; Secure",
];

pub(super) const LOGOUT: &[&str] = &[
    "access_token_cookie=; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; Max-Age=0; Path=/; SameSite=lax; Secure",
    "csrf_access_token=; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; Path=/; SameSite=lax; Secure",
    "refresh_token_cookie=; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; Max-Age=0; Path=/; SameSite=lax; Secure",
    "csrf_refresh_token=; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; Path=/; SameSite=lax; Secure",
];

const AMONG_OTHERS: &[&str] = &[
    "theme=*; ",
    "access_token_cookie=*; HttpOnly; Path=/; SameSite=lax; Secure",
    "csrf_access_token=*; Path=/; SameSite=lax; Secure",
];

const FULL: &[&str] = &[
    "access_token_cookie=; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; Max-Age=0; Path=/api; SameSite=strict; Secure",
    "csrf_access_token=; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; Path=/; SameSite=strict; Secure",
    "access_token_cookie=*; Domain=example.com; HttpOnly; Path=/api; SameSite=strict; Secure",
    "csrf_access_token=*; Domain=example.com; Path=/; SameSite=strict; Secure",
    "refresh_token_cookie=; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; Max-Age=0; Path=/; SameSite=strict; Secure",
    "csrf_refresh_token=; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; Path=/; SameSite=strict; Secure",
    "refresh_token_cookie=*; Domain=example.com; HttpOnly; Path=/; SameSite=strict; Secure",
    "csrf_refresh_token=*; Domain=example.com; Path=/; SameSite=strict; Secure",
];

const FULL_LOGOUT: &[&str] = &[
    "access_token_cookie=; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; Max-Age=0; Path=/api; SameSite=strict; Secure",
    "csrf_access_token=; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; Path=/; SameSite=strict; Secure",
    "access_token_cookie=; Domain=example.com; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; Max-Age=0; Path=/api; SameSite=strict; Secure",
    "csrf_access_token=; Domain=example.com; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; Path=/; SameSite=strict; Secure",
    "refresh_token_cookie=; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; Max-Age=0; Path=/; SameSite=strict; Secure",
    "csrf_refresh_token=; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; Path=/; SameSite=strict; Secure",
    "refresh_token_cookie=; Domain=example.com; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; Max-Age=0; Path=/; SameSite=strict; Secure",
    "csrf_refresh_token=; Domain=example.com; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; Path=/; SameSite=strict; Secure",
];

const APART: &[&str] = &[
    "access_token_cookie=*; HttpOnly; Max-Age=600; Path=/; SameSite=strict; Secure",
    "csrf_access_token=*; Max-Age=600; Path=/; SameSite=strict; Secure",
    "refresh_token_cookie=*; HttpOnly; Max-Age=600; Path=/auth; SameSite=none; Secure",
    "csrf_refresh_token=*; Max-Age=600; Path=/app; SameSite=none; Secure",
];

const APART_LOGOUT: &[&str] = &[
    "access_token_cookie=; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; Max-Age=0; Path=/; SameSite=strict; Secure",
    "csrf_access_token=; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; Path=/; SameSite=strict; Secure",
    "refresh_token_cookie=; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; Max-Age=0; Path=/auth; SameSite=none; Secure",
    "csrf_refresh_token=; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; Path=/app; SameSite=none; Secure",
];

const ACROSS: &[&str] = &[
    "access_token_cookie=*; HttpOnly; Path=/; SameSite=none; Secure",
    "csrf_access_token=*; Path=/; SameSite=none; Secure",
    "refresh_token_cookie=*; HttpOnly; Path=/; SameSite=none; Secure",
    "csrf_refresh_token=*; Path=/; SameSite=none; Secure",
];

const ACROSS_LOGOUT: &[&str] = &[
    "access_token_cookie=; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; Max-Age=0; Path=/; SameSite=none; Secure",
    "csrf_access_token=; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; Path=/; SameSite=none; Secure",
    "refresh_token_cookie=; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; Max-Age=0; Path=/; SameSite=none; Secure",
    "csrf_refresh_token=; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; Path=/; SameSite=none; Secure",
];

const HOST: &[&str] = &[
    "__Host-Http-access_token_cookie=*; HttpOnly; Path=/; SameSite=lax; Secure",
    "__Host-csrf_access_token=*; Path=/; SameSite=lax; Secure",
    "__Host-Http-refresh_token_cookie=*; HttpOnly; Path=/; SameSite=lax; Secure",
    "__Host-csrf_refresh_token=*; Path=/; SameSite=lax; Secure",
];

const HOST_LOGOUT: &[&str] = &[
    "__Host-Http-access_token_cookie=; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; Max-Age=0; Path=/; SameSite=lax; Secure",
    "__Host-csrf_access_token=; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; Path=/; SameSite=lax; Secure",
    "__Host-Http-refresh_token_cookie=; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; Max-Age=0; Path=/; SameSite=lax; Secure",
    "__Host-csrf_refresh_token=; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; Path=/; SameSite=lax; Secure",
];

const PLAIN: &[&str] = &[
    "csrf_access_token=; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; Path=/; SameSite=lax",
    "access_token_cookie=*; HttpOnly; Path=/; SameSite=lax",
    "csrf_refresh_token=; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; Path=/; SameSite=lax",
    "refresh_token_cookie=*; HttpOnly; Path=/; SameSite=lax",
];

/// Log in, read, write, refresh, log out, with what a browser would keep.
async fn a_life<S: AsyncFn(&App, &Request) -> Reply>(suite: &mut Suite<S>) {
    let app = App::new(&[]);
    let mut jar = Jar::default();
    let row = "a browser logs in, reads, writes, refreshes and logs out";
    for (method, target, guard, status) in [
        ("GET", "/access", None, 401),
        ("POST", "/login", None, 200),
        ("GET", "/access", None, 200),
        ("GET", "/fresh", None, 200),
        ("POST", "/access", None, 403),
        ("POST", "/access", Some("csrf_access_token"), 200),
        ("POST", "/refresh", Some("csrf_refresh_token"), 200),
        ("POST", "/access", Some("csrf_access_token"), 200),
        ("GET", "/fresh", None, 401),
        ("POST", "/logout", None, 200),
        ("GET", "/access", None, 401),
    ] {
        let mut request = Request::new(method, target).header("cookie", jar.header());
        if let Some(value) = guard.and_then(|name| jar.get(name)) {
            request = request.header("x-csrf-token", value);
        }
        let reply = suite.send(&app, &request).await;
        jar.store(&reply);
        let row = format!("{row} ({method} {target})");
        suite.equal(&row, "status", reply.status, status);
    }
    suite.equal(row, "cookies left", jar.header(), "");

    let mut jar = Jar::default();
    jar.store(&suite.send(&app, &post("/login-twice")).await);
    let request = get("/access").header("cookie", jar.header());
    let row = "of two log-ins in one response the later counts";
    suite.check(row, &app, request, Ok("user2")).await;
}

/// Cookies are set without verifying their token: it may be for others.
async fn whatever_the_token_says<S: AsyncFn(&App, &Request) -> Reply>(suite: &mut Suite<S>) {
    for (settings, expected) in [
        (&[("JWT_ENCODE_AUDIENCE", "here")] as &[_], Ok("user1")),
        (&[("JWT_ENCODE_ISSUER", "here")], Ok("user1")),
        (
            &[
                ("JWT_ENCODE_AUDIENCE", "there"),
                ("JWT_DECODE_AUDIENCE", "here"),
            ],
            Err("invalid_audience"),
        ),
    ] {
        let row = format!("a log-in with {settings:?} sets its cookies");
        let app = App::new(settings);
        let reply = suite.send(&app, &post("/login")).await;
        suite.equal(&row, "status", reply.status, 200);
        suite.equal(&row, "lines", shapes(&reply), LOGIN);
        let mut jar = Jar::default();
        jar.store(&reply);
        let request = get("/access").header("cookie", jar.header());
        suite.check(&row, &app, request, expected).await;
    }
}

async fn refreshed<S: AsyncFn(&App, &Request) -> Reply>(suite: &mut Suite<S>) {
    let app = App::new(&[]);
    let token = app.refresh(
        NewToken::for_subject("user1")
            .fresh()
            .login_type("admin")
            .scopes(["users:*"]),
    );
    let request = post("/refresh")
        .cookies([refresh_cookie(&token)])
        .header("x-csrf-token", csrf(&token));
    let reply = suite.send(&app, &request).await;
    let row = "a refresh sets a new access token and nothing else";
    suite.equal(row, "lines", shapes(&reply), &LOGIN[..2]);
    suite.equal(
        row,
        "cache-control",
        reply.header("cache-control"),
        Some("no-store"),
    );
    let mut jar = Jar::default();
    jar.store(&reply);
    for (target, expected) in [
        ("/scopes-all", Ok("user1")),
        ("/admins", Ok("user1")),
        ("/fresh", Err("fresh_token_required")),
    ] {
        let row =
            format!("a refreshed token keeps scopes and login type and is not fresh ({target})");
        let request = get(target).header("cookie", jar.header());
        suite.check(&row, &app, request, expected).await;
    }
}

const FRAMED_LOGOUT: &[&str] = &[
    "access_token_cookie=; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; Max-Age=0; Path=/; SameSite=none; Secure",
    "csrf_access_token=; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; Path=/; SameSite=none; Secure",
    "access_token_cookie=; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; Max-Age=0; Partitioned; Path=/; SameSite=none; Secure",
    "csrf_access_token=; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; Partitioned; Path=/; SameSite=none; Secure",
];
