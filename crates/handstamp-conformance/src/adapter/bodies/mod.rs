//! Cases of tokens and CSRF values in bodies, and of the part of a body that reaches the handler.

mod contents;
mod forms;
mod json;
mod log_outs;
mod unread;

use serde_json::json;

use super::suite::{Suite, access_cookie, csrf, post};
use super::{App, REJECTION};
use crate::{Reply, Request};

pub(super) async fn rows<S: AsyncFn(&App, &Request) -> Reply>(suite: &mut Suite<S>) {
    json::rows(suite).await;
    forms::rows(suite).await;
    contents::rows(suite).await;
    log_outs::rows(suite).await;
    unread::rows(suite).await;
    behind_a_layer(suite).await;
}

async fn behind_a_layer<S: AsyncFn(&App, &Request) -> Reply>(suite: &mut Suite<S>) {
    let app = App::new(&[
        ("JWT_CSRF_CHECK_FORM", "true"),
        ("JWT_TOKEN_LOCATION", "json,cookies"),
    ]);
    let token = app.access("user1");
    let other = app.access("user2");
    let form = |value: &str| {
        sent(
            "/form-layered",
            FORM,
            format!("csrf_token={value}&title=Hello"),
        )
        .cookies([access_cookie(&token)])
    };
    for (row, request, expected) in [
        (
            "a layer does not see a form",
            form(csrf(&token)),
            Err("missing_csrf_token"),
        ),
        (
            "an accepted request has its value in the header",
            form(csrf(&token)).header(CSRF, csrf(&token)),
            Ok("user1 Hello"),
        ),
        (
            "the form is not looked at then",
            form("x").header(CSRF, csrf(&token)),
            Ok("user1 Hello"),
        ),
        (
            "nor does it see a token in JSON",
            sent(
                "/json-layered",
                JSON,
                json!({"access_token": token.as_str(), "title": "Hello"}).to_string(),
            ),
            Err("missing_token"),
        ),
        (
            "its token is the one that counts",
            sent(
                "/json-layered",
                JSON,
                json!({"access_token": other.as_str(), "title": "Hello"}).to_string(),
            )
            .cookies([access_cookie(&token)])
            .header(CSRF, csrf(&token)),
            Ok("user1 Hello"),
        ),
    ] {
        suite
            .check(&format!("behind a layer: {row}"), &app, request, expected)
            .await;
    }
}

fn sent(target: &str, content_type: &str, body: impl AsRef<[u8]>) -> Request {
    post(target).header("content-type", content_type).body(body)
}

/// One part of a form.
fn part(disposition: &str, content: &str) -> String {
    format!("--b\r\nContent-Disposition: form-data; {disposition}\r\n\r\n{content}\r\n")
}

const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";
const PARTS: &str = "multipart/form-data; boundary=b";
const END: &str = "--b--\r\n";
const CSRF: &str = "x-csrf-token";
