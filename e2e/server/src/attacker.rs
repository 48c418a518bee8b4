//! The pages of evil.example.test, a sibling of the application, and of other.test, another site.
//! Both serve the same pages.

use axum::Router;
use axum::extract::Query;
use axum::http::header::SET_COOKIE;
use axum::response::{AppendHeaders, Html, IntoResponse, Redirect};
use axum::routing::{any, get};
use serde::Deserialize;

use crate::form::{self, escape};

pub(crate) fn router() -> Router {
    Router::new()
        .route("/", get(|| async { Html("<title>attacker</title>") }))
        .route("/form", get(form::page))
        .route("/redirect", any(redirect))
        .route("/frame", get(frame))
        .route("/plant", get(plant))
        .route("/flood", get(flood))
}

#[derive(Deserialize)]
struct Target {
    to: String,
}

/// Redirects the browser, with the same method and body.
async fn redirect(Query(Target { to }): Query<Target>) -> Redirect {
    Redirect::temporary(&to)
}

#[derive(Deserialize)]
struct Frame {
    src: String,
    sandbox: Option<String>,
}

/// Serves a page that shows another one in a frame.
async fn frame(Query(Frame { src, sandbox }): Query<Frame>) -> Html<String> {
    let src = escape(&src);
    let sandbox = sandbox.map_or_else(String::new, |allowed| {
        format!(r#" sandbox="{}""#, escape(&allowed))
    });
    Html(format!(
        r#"<title>attacker</title><iframe src="{src}"{sandbox}></iframe>"#
    ))
}

/// Sets each `cookie` unchanged.
async fn plant(Query(pairs): Query<Vec<(String, String)>>) -> impl IntoResponse {
    let lines: Vec<_> = pairs
        .into_iter()
        .map(|(_, line)| (SET_COOKIE, line))
        .collect();
    (AppendHeaders(lines), Html("<title>attacker</title>"))
}

/// Sets more cookies for the whole domain than browsers keep.
async fn flood() -> impl IntoResponse {
    let line = |n| format!("flood{n}=1; Domain=example.test; Path=/nowhere; Secure");
    let lines: Vec<_> = (0..300).map(|n| (SET_COOKIE, line(n))).collect();
    (AppendHeaders(lines), Html("<title>attacker</title>"))
}
