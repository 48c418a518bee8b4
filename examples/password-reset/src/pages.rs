//! The pages. What is put into them is text of this program, or a token that was verified, whose
//! letters HTML has no meaning for; text of users needs a template that escapes it.

use axum::http::StatusCode;
use axum::response::{Html, IntoResponse as _, Response};

pub(crate) fn with_status(status: StatusCode, body: &str) -> Response {
    let page = format!(
        r#"<!doctype html><html lang="en"><meta charset="utf-8"><title>Passwords</title>{body}</html>"#
    );
    (status, Html(page)).into_response()
}

pub(crate) fn ok(body: &str) -> Response {
    with_status(StatusCode::OK, body)
}

pub(crate) fn refused(words: &str) -> String {
    format!(r#"<p>{words}</p><p><a href="/forgot">A new link</a></p>"#)
}

pub(crate) const LOG_IN: &str = r#"<form method="post" action="/log-in">
<label>Address <input name="address" type="email" autocomplete="username" required></label>
<label>Password <input name="password" type="password" autocomplete="current-password" required></label>
<button>Log in</button></form><p><a href="/forgot">I forgot it</a></p>"#;

pub(crate) const FORGOT: &str = r#"<form method="post" action="/forgot">
<label>Address <input name="address" type="email" autocomplete="username" required></label>
<button>Send me a link</button></form>"#;

pub(crate) const SENT: &str = "<p>If there is an account with this address, a link is on its way. It is good for half an hour.</p>";

pub(crate) const WELCOME: &str = "<p>You are logged in.</p>";

/// The token goes on in a field. The action has no query, so it is in no further address.
pub(crate) fn new_password(token: &str) -> String {
    format!(
        r#"<form method="post" action="/reset"><input type="hidden" name="token" value="{token}">
<label>New password <input name="password" type="password" autocomplete="new-password" minlength="8" required></label>
<button>Change it</button></form>"#
    )
}
