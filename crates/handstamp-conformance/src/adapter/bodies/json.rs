//! Cases of tokens in JSON.

use serde_json::{Value, json};

use super::{App, CSRF, JSON, Suite, access_cookie, csrf, post, sent};
use crate::adapter::suite::refresh_cookie;
use crate::{Reply, Request};

pub(super) async fn rows<S: AsyncFn(&App, &Request) -> Reply>(suite: &mut Suite<S>) {
    tokens_in_json(suite).await;
    refresh_tokens_in_json(suite).await;
}

async fn tokens_in_json<S: AsyncFn(&App, &Request) -> Reply>(suite: &mut Suite<S>) {
    let app = App::new(&[("JWT_TOKEN_LOCATION", "json,cookies")]);
    let token = app.access("user1");
    let (mine, cookie) = (token.as_str(), access_cookie(&token));
    let refresh = app.refresh("user1");
    let broken = app.access("user1").as_str().to_owned() + "A";
    let with = |token: Value| json!({"access_token": token, "title": "Hello"}).to_string();
    let good = Ok("user1 Hello");
    let rows: &[(&str, &str, String, Result<&str, &str>)] = &[
        ("a token in the body", JSON, with(mine.into()), good),
        (
            "a charset",
            "application/json; charset=utf-8",
            with(mine.into()),
            good,
        ),
        ("another case", "Application/JSON", with(mine.into()), good),
        (
            "no token",
            JSON,
            r#"{"title": "Hello"}"#.into(),
            Err("missing_token"),
        ),
        ("null", JSON, with(Value::Null), Err("missing_token")),
        ("a number", JSON, with(5.into()), Err("missing_token")),
        ("an empty text", JSON, with("".into()), Err("invalid_token")),
        ("junk", JSON, with("junk".into()), Err("invalid_token")),
        (
            "a broken signature",
            JSON,
            with(broken.into()),
            Err("invalid_signature"),
        ),
        (
            "a refresh token",
            JSON,
            with(refresh.as_str().into()),
            Err("access_token_required"),
        ),
        (
            "a lone surrogate",
            JSON,
            r#"{"access_token": "\ud800", "title": "Hello"}"#.into(),
            Err("missing_token"),
        ),
        (
            "a member twice",
            JSON,
            format!(r#"{{"access_token": "{mine}", "access_token": "x"}}"#),
            Err("invalid_token"),
        ),
        (
            "no JSON",
            JSON,
            format!("access_token={mine}"),
            Err("missing_token"),
        ),
        (
            "a list",
            JSON,
            format!(r#"["{mine}"]"#),
            Err("missing_token"),
        ),
        ("nothing", JSON, String::new(), Err("missing_token")),
        (
            "JSON as text, which any page may send",
            "text/plain",
            with(mine.into()),
            Err("missing_token"),
        ),
        (
            "the member of refresh tokens",
            JSON,
            json!({"refresh_token": mine, "title": "Hello"}).to_string(),
            Err("missing_token"),
        ),
    ];
    for (row, content_type, body, expected) in rows {
        let row = format!("JSON: {row}");
        let request = post("/json")
            .header("content-type", content_type)
            .body(body);
        suite.check(&row, &app, request, *expected).await;
    }
    for (row, request, expected) in [
        (
            "a cookie next to a body without a token needs its CSRF value",
            sent("/json", JSON, r#"{"title": "Hello"}"#).cookies([&cookie]),
            Err("missing_csrf_token"),
        ),
        (
            "and is good with it",
            sent("/json", JSON, r#"{"title": "Hello"}"#)
                .cookies([&cookie])
                .header(CSRF, csrf(&token)),
            good,
        ),
        (
            "a bad token in the body is not made good by a cookie",
            sent("/json", JSON, with("junk".into()))
                .cookies([&cookie])
                .header(CSRF, csrf(&token)),
            Err("invalid_token"),
        ),
        (
            "routes that do not take the body do not look there",
            sent("/access", JSON, with(mine.into())),
            Err("missing_token"),
        ),
    ] {
        suite
            .check(&format!("JSON: {row}"), &app, request, expected)
            .await;
    }

    let app = App::new(&[]);
    let token = app.access("user1");
    let body = json!({"access_token": token.as_str(), "title": "Hello"}).to_string();
    let row = "JSON: where it is not a location, it is not read";
    suite
        .check(row, &app, sent("/json", JSON, body), Err("missing_token"))
        .await;
    let app = App::new(&[("JWT_TOKEN_LOCATION", "json"), ("JWT_JSON_KEY", "jwt")]);
    let token = app.access("user1");
    let body = json!({"jwt": token.as_str(), "title": "Hello"}).to_string();
    let row = "JSON: a member of another name";
    suite
        .check(row, &app, sent("/json", JSON, body), good)
        .await;
}

async fn refresh_tokens_in_json<S: AsyncFn(&App, &Request) -> Reply>(suite: &mut Suite<S>) {
    let app = App::new(&[("JWT_TOKEN_LOCATION", "json,cookies")]);
    let tokens = app.log_in("user1");
    let (access, refresh) = (tokens.access().as_str(), tokens.refresh());
    let cookie = || post("/refresh-json").cookies([refresh_cookie(refresh)]);
    for (row, request, expected) in [
        (
            "a refresh token",
            sent(
                "/refresh-json",
                JSON,
                json!({"refresh_token": refresh.as_str()}).to_string(),
            ),
            Ok("user1"),
        ),
        (
            "an access token",
            sent(
                "/refresh-json",
                JSON,
                json!({"refresh_token": access}).to_string(),
            ),
            Err("refresh_token_required"),
        ),
        (
            "the member of access tokens",
            sent(
                "/refresh-json",
                JSON,
                json!({"access_token": access}).to_string(),
            ),
            Err("missing_token"),
        ),
        (
            "no token",
            sent("/refresh-json", JSON, "{}"),
            Err("missing_token"),
        ),
        (
            "half a character",
            sent("/refresh-json", JSON, r#"{"refresh_token": "\ud800"}"#),
            Err("missing_token"),
        ),
        ("nothing", post("/refresh-json"), Err("missing_token")),
        (
            "a cookie and no body, with the CSRF value",
            cookie().header(CSRF, csrf(refresh)),
            Ok("user1"),
        ),
        (
            "a cookie and no body, without it",
            cookie(),
            Err("missing_csrf_token"),
        ),
    ] {
        suite
            .check(&format!("refresh by JSON: {row}"), &app, request, expected)
            .await;
    }
}
