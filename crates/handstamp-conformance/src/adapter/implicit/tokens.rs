//! Cases of the renewed token: its claims, and how long it can be renewed without a session.

use handstamp::NewToken;
use serde_json::json;

use super::{DUE, from_page, renewed};
use crate::adapter::App;
use crate::adapter::suite::{Suite, access_cookie, get, post};
use crate::{Jar, Reply, Request, peek};

pub(super) async fn rows<S: AsyncFn(&App, &Request) -> Reply>(suite: &mut Suite<S>) {
    contents(suite).await;
    tabs(suite).await;
    lifetimes(suite).await;
    chain(suite).await;
}

async fn contents<S: AsyncFn(&App, &Request) -> Reply>(suite: &mut Suite<S>) {
    let row = "implicit refresh keeps all that the token says";
    let app = App::new(&[("JWT_DECODE_AUDIENCE", "web")]);
    let token = NewToken::for_subject("user1")
        .fresh()
        .scopes(["users:read", "admin:*"])
        .audience(["web", "app"])
        .login_type("admin")
        .claim("tenant", json!({"id": 7}));
    let token = app.access(token);
    app.advance(DUE);
    let request = from_page("GET", "/implicit/access", &token);
    let claims = renewed(&suite.send(&app, &request).await).unwrap_or_default();
    let mut expected = peek(token.as_str());
    suite.equal(row, "jti", claims["jti"] == expected["jti"], false);
    let made = expected["iat"].as_u64().unwrap_or_default();
    for (name, value) in [
        ("jti", claims["jti"].clone()),
        ("fresh", json!(false)),
        ("iat", json!(made + DUE)),
        ("nbf", json!(made + DUE)),
        ("exp", json!(made + DUE + 15 * 60)),
        ("auth_time", json!(made)),
    ] {
        expected[name] = value;
    }
    suite.equal(row, "claims", claims, expected);
}

/// Several tabs send the old token at once; each gets a new one, and all of them stay valid.
async fn tabs<S: AsyncFn(&App, &Request) -> Reply>(suite: &mut Suite<S>) {
    let row = "implicit refresh: two tabs at once";
    let app = App::new(&[]);
    let token = app.access("user1");
    app.advance(DUE);
    let request = from_page("POST", "/implicit/access", &token);
    let mut jars = [Jar::default(), Jar::default()];
    for jar in &mut jars {
        let reply = suite.send(&app, &request).await;
        suite.equal(row, "renewed", renewed(&reply).is_some(), true);
        jar.store(&reply);
    }
    let rendered = token.csrf().unwrap_or_default();
    for jar in &jars {
        let cookie = jar.get("csrf_access_token");
        suite.equal(row, "CSRF value", cookie, Some(rendered));
        let form = post("/access").header("cookie", jar.header());
        let form = form.header("x-csrf-token", rendered);
        suite.check(row, &app, form, Ok("user1")).await;
    }
    let old = get("/access").cookies([access_cookie(&token)]);
    suite.check(row, &app, old, Ok("user1")).await;
}

/// How long the new token lives, and how long the browser keeps it.
async fn lifetimes<S: AsyncFn(&App, &Request) -> Reply>(suite: &mut Suite<S>) {
    for (row, settings, lifetime, age, expected, attribute) in [
        ("as configured", &[] as &[_], None, DUE, Some(900), None),
        (
            "not longer than the former",
            &[],
            Some(120),
            61,
            Some(120),
            None,
        ),
        (
            "not longer than configured",
            &[],
            Some(3600),
            3001,
            Some(900),
            None,
        ),
        (
            "nor past the time for refreshes",
            &[("JWT_REFRESH_TOKEN_EXPIRES", "20m")],
            None,
            DUE,
            Some(14 * 60),
            None,
        ),
        (
            "and none where it would not live longer",
            &[("JWT_REFRESH_TOKEN_EXPIRES", "15m")],
            None,
            DUE,
            None,
            None,
        ),
        (
            "in a cookie that lives as long as a refresh token",
            &[("JWT_SESSION_COOKIE", "false")],
            None,
            DUE,
            Some(900),
            Some("; Max-Age=1728000;"),
        ),
        (
            "in a cookie that lives as configured",
            &[("JWT_COOKIE_MAX_AGE", "3600")],
            None,
            DUE,
            Some(900),
            Some("; Max-Age=3600;"),
        ),
    ] {
        let row = format!("implicit refresh: {row}");
        let app = App::new(settings);
        let token = NewToken::for_subject("user1");
        let token = app.access(match lifetime {
            Some(secs) => token.expires_in(std::time::Duration::from_secs(secs)),
            None => token,
        });
        app.advance(age);
        let reply = suite
            .send(&app, &from_page("GET", "/implicit/access", &token))
            .await;
        let claims = renewed(&reply);
        let lives =
            claims.and_then(|claims| Some(claims["exp"].as_u64()? - claims["iat"].as_u64()?));
        suite.equal(&row, "lifetime", lives, expected);
        let kept = reply.all("set-cookie").all(|line| match attribute {
            Some(attribute) => line.contains(attribute),
            None => !line.contains("Max-Age"),
        });
        suite.equal(&row, "cookies", kept, true);
    }
}

/// A client that sends a request every six minutes for as long as it is accepted.
async fn chain<S: AsyncFn(&App, &Request) -> Reply>(suite: &mut Suite<S>) {
    let row = "implicit refresh ends JWT_REFRESH_TOKEN_EXPIRES after the log-in";
    let app = App::new(&[("JWT_REFRESH_TOKEN_EXPIRES", "2h")]);
    let mut jar = Jar::default();
    jar.store(&suite.send(&app, &post("/login")).await);
    let mut minutes = 0;
    let mut renewals = 0;
    loop {
        app.advance(6 * 60);
        minutes += 6;
        let request = get("/implicit/access").header("cookie", jar.header());
        let reply = suite.send(&app, &request).await;
        if reply.status != 200 || minutes > 24 * 60 {
            break;
        }
        renewals += usize::from(renewed(&reply).is_some());
        jar.store(&reply);
    }
    suite.equal(row, "minutes", minutes, 120);
    suite.equal(row, "renewals", renewals, 18);
}
