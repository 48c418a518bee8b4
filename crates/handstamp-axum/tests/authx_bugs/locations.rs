//! Where a token may be, and how it may be written there.

use axum::Router;
use axum::routing::post;
use handstamp_axum::{AccessJson, RefreshJson};
use handstamp_conformance::Request;
use serde_json::{Value, json};

use crate::app::{App, access_cookie};

/// `{"access_token":"\ud800"}` is a 500.
#[tokio::test]
async fn bug_19_a_lone_surrogate_in_a_body_is_no_token() {
    let app = with_json_routes("json,cookies");
    for (member, path) in [
        ("access_token", "/json"),
        ("refresh_token", "/refresh-json"),
    ] {
        for text in [
            r"\ud800",
            r"\udc00",
            r"\udc00\ud800",
            r"eyJ\ud800",
            r"\uD83D",
        ] {
            let body = format!(r#"{{"{member}":"{text}"}}"#);
            assert_eq!(
                app.outcome(json_with(path, "application/json", &body))
                    .await,
                "401 missing_token",
                "{body}"
            );
        }
        let body = format!(r#"{{"{member}":"\ud83d\ude00"}}"#);
        assert_eq!(
            app.outcome(json_with(path, "application/json", &body))
                .await,
            "401 invalid_token",
            "{body}"
        );
    }
    // Nor is it content, and the answer does not repeat the token.
    let body = json!({"access_token": app.access("user1").as_str(), "title": "?"}).to_string();
    let body = body.replace('?', r"\ud800");
    let reply = app
        .send(json_with("/json", "application/json", &body))
        .await;
    assert_eq!((reply.status, reply.body.contains("eyJ")), (400, false));
}

/// A name that is half a character is a 500; and a 422 repeats the password that was typed.
#[tokio::test]
async fn bug_20_a_lone_surrogate_in_a_log_in_is_an_unreadable_body() {
    let app = App::new(&[]);
    for body in [
        r#"{"username":"\ud800","password":"hunter2"}"#,
        r#"{"username":"\udc00\ud800","password":"hunter2"}"#,
        r#"{"username":"user1","password":"hunter2\ud800"}"#,
        r#"{"\ud800":"user1","password":"hunter2"}"#,
        r#"{"password":"hunter2"}"#,
        r#"{"username":{"a":"hunter2"},"password":"hunter2"}"#,
    ] {
        let request = Request::new("POST", "/login")
            .header("content-type", "application/json")
            .body(body);
        let reply = app.send(request).await;
        assert!(
            [400, 422].contains(&reply.status),
            "{body}: {}",
            reply.status
        );
        assert!(!reply.body.contains("hunter2"), "{}", reply.body);
        assert_eq!(reply.all("set-cookie").count(), 0);
    }
}

/// A charset beside `application/json`, or capitals in it, and the token is not found.
#[tokio::test]
async fn bug_37_a_media_type_may_have_parameters_and_capitals() {
    let app = with_json_routes("json");
    let access = json!({"access_token": app.access("user1").as_str()}).to_string();
    let refresh = json!({"refresh_token": app.refresh("user1").as_str()}).to_string();
    let (found, missing) = ("200 user1", "401 missing_token");
    for (media_type, expected) in [
        ("application/json", found),
        ("application/json; charset=utf-8", found),
        ("application/json;charset=UTF-8", found),
        ("application/json ; charset=\"utf-8\"", found),
        ("Application/JSON", found),
        ("text/plain", missing),
        ("application/x-www-form-urlencoded", missing),
        ("application/jsonp", missing),
        ("text/plain; application/json", missing),
        ("", missing),
    ] {
        for (path, body) in [("/json", &access), ("/refresh-json", &refresh)] {
            let request = json_with(path, media_type, body);
            assert_eq!(app.outcome(request).await, expected, "{path}: {media_type}");
        }
    }
}

/// `bearer` is refused, `Bearer ` is deleted wherever it stands, and another scheme or an empty header hides a good cookie.
#[tokio::test]
async fn bug_36_the_scheme_is_one_word_without_case_and_another_one_is_not_ours() {
    let app = App::new(&[("JWT_TOKEN_LOCATION", "headers,cookies")]);
    let (header, cookie) = (app.access("header"), app.access("cookie"));
    let text = header.as_str();
    let (start, end) = text.split_at(40);
    let (used, other, bad) = ("200 header", "200 cookie", "401 invalid_token");
    let forged = "401 invalid_signature";
    for (value, expected) in [
        (format!("Bearer {text}"), used),
        (format!("bearer {text}"), used),
        (format!("BEARER {text}"), used),
        (format!("Bearer  {text}"), used),
        (format!("Bearer Bearer {text}"), bad),
        (format!("Bearer {start}Bearer {end}"), forged),
        (format!("Bearer {start} {end}"), forged),
        ("Bearer junk".to_owned(), bad),
        (format!("{start}Bearer {end}"), other),
        (text.to_owned(), other),
        ("Basic dXNlcjpwYXNz".to_owned(), other),
        (format!("Token {text}"), other),
        (String::new(), other),
        ("Bearer".to_owned(), other),
    ] {
        let request = Request::new("GET", "/protected").header("authorization", &value);
        let with_cookie = request.clone().cookies([access_cookie(&cookie)]);
        assert_eq!(app.outcome(with_cookie).await, expected, "{value}");
        let alone = if expected == other {
            "401 missing_token"
        } else {
            expected
        };
        assert_eq!(app.outcome(request).await, alone, "{value}");
    }
}

/// For tokens in bodies.
pub(crate) fn with_json_routes(locations: &str) -> App {
    async fn access(AccessJson { token, .. }: AccessJson<Value>) -> String {
        token.subject().to_owned()
    }
    async fn refresh(RefreshJson { token, .. }: RefreshJson) -> String {
        token.subject().to_owned()
    }
    App::new(&[("JWT_TOKEN_LOCATION", locations)]).routes(
        Router::new()
            .route("/json", post(access))
            .route("/refresh-json", post(refresh)),
    )
}

pub(crate) fn json_with(path: &str, media_type: &str, body: &str) -> Request {
    Request::new("POST", path)
        .header("content-type", media_type)
        .body(body)
}
