//! Cases of layers: their requirements add up, and handlers get the token they have authenticated.

use handstamp::NewToken;

use super::App;
use super::suite::{Suite, access_cookie, bearer, csrf, get, post, refresh_cookie};
use crate::{Reply, Request, peek};

pub(super) async fn rows<S: AsyncFn(&App, &Request) -> Reply>(suite: &mut Suite<S>) {
    scopes(suite).await;
    without_csrf(suite).await;
    two_tokens(suite).await;
    freshness(suite).await;
    freshness_until(suite).await;
    purposes(suite).await;
}

async fn scopes<S: AsyncFn(&App, &Request) -> Reply>(suite: &mut Suite<S>) {
    let app = App::new(&[]);
    let refused = Err("insufficient_scope");
    let rows: [(&str, &[&str], &str, Result<&str, &str>); 12] = [
        (
            "all of two",
            &["users:read", "users:delete"],
            "/scopes-all",
            Ok("user1"),
        ),
        (
            "one of two where all are asked",
            &["users:read"],
            "/scopes-all",
            refused,
        ),
        (
            "one of two where one is asked",
            &["users:delete"],
            "/scopes-any",
            Ok("user1"),
        ),
        ("another one", &["users:write"], "/scopes-any", refused),
        ("none", &[], "/scopes-any", refused),
        (
            "a wildcard over all",
            &["users:*"],
            "/scopes-all",
            Ok("user1"),
        ),
        (
            "a wildcard over others",
            &["posts:*"],
            "/scopes-all",
            refused,
        ),
        ("a lone star", &["*"], "/scopes-all", refused),
        (
            "other letters",
            &["Users:Read", "Users:Delete"],
            "/scopes-all",
            refused,
        ),
        (
            "a name that begins alike",
            &["users"],
            "/scopes-any",
            refused,
        ),
        (
            "anything where nothing is enough",
            &["users:*"],
            "/scopes-none",
            refused,
        ),
        (
            "nothing where nothing is enough",
            &[],
            "/scopes-none",
            refused,
        ),
    ];
    for (row, scopes, target, expected) in rows {
        let token = app.access(NewToken::for_subject("user1").scopes(scopes.iter().copied()));
        let request = get(target).cookies([access_cookie(&token)]);
        suite
            .check(&format!("scopes: {row}"), &app, request, expected)
            .await;
    }
    for (row, login_type, expected) in [
        ("an admin's token", "admin", Ok("user1")),
        ("another letter case", "Admin", Err("login_type_mismatch")),
    ] {
        let token = app.access(NewToken::for_subject("user1").login_type(login_type));
        let request = get("/admins").cookies([access_cookie(&token)]);
        suite
            .check(&format!("login type: {row}"), &app, request, expected)
            .await;
    }
}

async fn without_csrf<S: AsyncFn(&App, &Request) -> Reply>(suite: &mut Suite<S>) {
    let app = App::new(&[]);
    let token = app.access("user1");
    let missing = Err("missing_csrf_token");
    for (row, target, value, expected) in [
        ("no value, none asked", "/without-csrf", "", Ok("user1")),
        (
            "a wrong value, none asked",
            "/without-csrf",
            "wrong",
            Ok("user1"),
        ),
        (
            "a strict layer outside a lenient one",
            "/strict-outside",
            "",
            missing,
        ),
        (
            "a strict layer inside a lenient one",
            "/strict-inside",
            "",
            missing,
        ),
        (
            "a strict layer outside is met",
            "/strict-outside",
            csrf(&token),
            Ok("user1"),
        ),
        (
            "a strict layer inside is met",
            "/strict-inside",
            csrf(&token),
            Ok("user1"),
        ),
    ] {
        let request = post(target)
            .cookies([access_cookie(&token)])
            .header("x-csrf-token", value);
        suite
            .check(&format!("without CSRF: {row}"), &app, request, expected)
            .await;
    }
    for (row, cookies, expected) in [
        ("a token is still asked", "", Err("missing_token")),
        (
            "a bad one is still refused",
            "access_token_cookie=junk",
            Err("invalid_token"),
        ),
    ] {
        let request = post("/without-csrf").cookies([cookies]);
        suite
            .check(&format!("without CSRF: {row}"), &app, request, expected)
            .await;
    }
}

/// One request with two genuine tokens: one token must meet the requirements of both layers.
async fn two_tokens<S: AsyncFn(&App, &Request) -> Reply>(suite: &mut Suite<S>) {
    let app = App::new(&[]);
    let (cookie, header) = (app.access("cookie"), app.access("header"));
    let another = app.access("cookie");
    let revoked = app.access("revoked");
    app.revoke(revoked.id());
    for (row, cookie, header, expected) in [
        (
            "one token in both places",
            Some(&cookie),
            Some(&cookie),
            Ok("cookie"),
        ),
        (
            "those of two people",
            Some(&cookie),
            Some(&header),
            Err("invalid_token"),
        ),
        (
            "two of one person",
            Some(&cookie),
            Some(&another),
            Err("invalid_token"),
        ),
        (
            "only the outer's",
            Some(&cookie),
            None,
            Err("missing_token"),
        ),
        (
            "only the inner's",
            None,
            Some(&header),
            Err("missing_token"),
        ),
        (
            "the outer's is revoked",
            Some(&revoked),
            Some(&header),
            Err("token_revoked"),
        ),
        (
            "the inner's is revoked",
            Some(&cookie),
            Some(&revoked),
            Err("token_revoked"),
        ),
    ] {
        let mut request = get("/headers-inside");
        if let Some(token) = cookie {
            request = request.cookies([access_cookie(token)]);
        }
        if let Some(token) = header {
            request = request.header("authorization", bearer(token));
        }
        suite
            .check(&format!("two tokens: {row}"), &app, request, expected)
            .await;
    }
}

async fn freshness<S: AsyncFn(&App, &Request) -> Reply>(suite: &mut Suite<S>) {
    let app = App::new(&[]);
    let stale = app.access("user1");
    let fresh = app.access(NewToken::for_subject("user1").fresh());
    for target in ["/fresh", "/layered-fresh"] {
        let row = format!("a fresh token at {target}");
        let request = get(target).cookies([access_cookie(&fresh)]);
        suite.check(&row, &app, request, Ok("user1")).await;
        let row = format!("a token that is not fresh at {target}");
        let request = get(target).cookies([access_cookie(&stale)]);
        suite
            .check(&row, &app, request, Err("fresh_token_required"))
            .await;
        let row = format!("a fresh token at {target}, by POST without a CSRF value");
        let request = post(target).cookies([access_cookie(&fresh)]);
        suite
            .check(&row, &app, request, Err("missing_csrf_token"))
            .await;
    }
}

/// A token of flask-jwt-extended, `create_access_token(identity, fresh=timedelta(minutes=1))`.
async fn freshness_until<S: AsyncFn(&App, &Request) -> Reply>(suite: &mut Suite<S>) {
    let app = App::new(&[]);
    let mut claims = peek(app.access("user1").as_str());
    claims["fresh"] = (claims["iat"].as_f64().unwrap_or_default() + 60.5).into();
    let cookie = format!("access_token_cookie={}", App::signed(&claims));
    for (when, expected) in [
        ("before its time is over", Ok("user1")),
        ("once its time is over", Err("fresh_token_required")),
    ] {
        for target in ["/fresh", "/layered-fresh"] {
            let row = format!("a token that is fresh for a minute at {target}, {when}");
            let request = get(target).cookies([&cookie]);
            suite.check(&row, &app, request, expected).await;
        }
        let row = format!("a token that is fresh for a minute where none is asked for, {when}");
        let request = get("/access").cookies([&cookie]);
        suite.check(&row, &app, request, Ok("user1")).await;
        app.advance(60);
    }
}

async fn purposes<S: AsyncFn(&App, &Request) -> Reply>(suite: &mut Suite<S>) {
    let app = App::new(&[]);
    let (access, refresh) = (app.access("a"), app.refresh("r"));
    let target = get("/layered-refresh").header("x-csrf-token", csrf(&refresh));
    let row = "an access token that a layer has accepted is no refresh token";
    let request = target.clone().cookies([access_cookie(&access)]);
    suite.check(row, &app, request, Err("missing_token")).await;
    let row = "a refresh token does not pass a layer that asks for an access token";
    let request = target.clone().cookies([refresh_cookie(&refresh)]);
    suite.check(row, &app, request, Err("missing_token")).await;
    let row = "both tokens, each where it is asked";
    let request = target.cookies([access_cookie(&access), refresh_cookie(&refresh)]);
    suite.check(row, &app, request, Ok("r")).await;
}
