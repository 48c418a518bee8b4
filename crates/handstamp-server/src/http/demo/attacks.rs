//! Attacks on the session of the browser that asks for them.
//!
//! Script cannot make them itself, because it cannot read the tokens. The server does what a thief
//! would do who has copied them, and returns what he would learn. No cookie of his answers reaches
//! the browser.

use axum::Router;
use axum::body::Body;
use axum::http::header::{COOKIE, HOST, HeaderMap, SET_COOKIE};
use axum::http::{StatusCode, request};
use axum::response::{AppendHeaders, IntoResponse as _, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use handstamp_axum::Auth;
use handstamp_axum::purpose::{Access, Refresh};
use serde_json::{Value, json};
use tower_service::Service as _;

use super::{claims, trace};
use crate::http::cookies;

/// Copies the refresh token, into a cookie that stands for the notes of a thief.
pub(super) fn copy(auth: &Auth, headers: &HeaderMap) -> Response {
    match cookies::values(headers, auth.config().names::<Refresh>().cookie).next() {
        Some(token) => (StatusCode::NO_CONTENT, notes(auth, token, NOTES_LAST)).into_response(),
        None => missing("There is no refresh token to copy. Log in first"),
    }
}

/// Presents the copy, with the CSRF value that is in it.
pub(super) async fn replay(auth: &Auth, headers: &HeaderMap, application: Router) -> Response {
    let names = auth.config().names::<Refresh>();
    let name = name_of_notes(auth);
    let mut copies = cookies::values(headers, &name);
    let copy = copies.find_map(|token| Some((token, claims::payload(token)?)));
    let Some((token, payload)) = copy else {
        return missing("No refresh token was copied");
    };
    let value = payload.get("csrf").and_then(Value::as_str);
    let request = request::Builder::new().method("POST").uri("/refresh");
    let request = request.header(COOKIE, format!("{}={token}", names.cookie));
    let request = request.header(names.csrf_header, value.unwrap_or_default());
    let answer = send(request, headers, application).await;
    if answer.status() == StatusCode::UNAUTHORIZED {
        (notes(auth, "", 0), answer).into_response()
    } else {
        answer
    }
}

/// Presents the access token with the name of another user in it, and the signature that it had.
pub(super) async fn forge(auth: &Auth, headers: &HeaderMap, application: Router) -> Response {
    let name = auth.config().names::<Access>().cookie;
    let Some(forged) = cookies::values(headers, name).find_map(forged) else {
        return missing("There is no access token to change. Log in first");
    };
    let request = request::Builder::new().uri("/protected");
    let request = request.header(COOKIE, format!("{name}={forged}"));
    send(request, headers, application).await
}

fn forged(token: &str) -> Option<String> {
    let mut payload = claims::payload(token)?;
    let subject = payload.get_mut("sub")?;
    *subject = if subject == "user2" { "user1" } else { "user2" }.into();
    let (header, _) = token.split_once('.')?;
    let (_, signature) = token.rsplit_once('.')?;
    let payload = URL_SAFE_NO_PAD.encode(payload.to_string());
    Some(format!("{header}.{payload}.{signature}"))
}

/// Sends the request of a thief, who knows this host as the browser does.
async fn send(request: request::Builder, browser: &HeaderMap, mut application: Router) -> Response {
    let host = browser.get(HOST).into_iter();
    let request = host.fold(request, |request, host| request.header(HOST, host));
    let Ok(request) = request.header(trace::HEADER, "1").body(Body::empty()) else {
        return missing("The token is no text that fits into a header");
    };
    let Ok(mut answer) = application.call(request).await;
    answer.headers_mut().remove(SET_COOKIE);
    answer
}

fn missing(message: &str) -> Response {
    let body = axum::Json(json!({"message": message}));
    (StatusCode::CONFLICT, body).into_response()
}

fn notes(
    auth: &Auth,
    token: &str,
    seconds: u32,
) -> AppendHeaders<[(axum::http::HeaderName, String); 1]> {
    let name = name_of_notes(auth);
    let secure = if auth.config().names::<Refresh>().secure {
        "; Secure"
    } else {
        ""
    };
    let line = format!("{name}={token}; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}");
    AppendHeaders([(SET_COOKIE, line)])
}

fn name_of_notes(auth: &Auth) -> String {
    format!("copied_{}", auth.config().names::<Refresh>().cookie)
}

/// In seconds: longer than two of the longest grace windows.
const NOTES_LAST: u32 = 900;
