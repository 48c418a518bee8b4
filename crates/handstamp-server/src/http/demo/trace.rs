//! Tells the page, in a header of the answer, what the browser sent and what each check said.

use std::collections::BTreeSet;

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::header::{CONTENT_TYPE, HeaderName, HeaderValue, ORIGIN};
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::Response;
use handstamp_axum::handstamp::error::Rejection;
use handstamp_axum::handstamp::purpose::{Access, Refresh};
use serde_json::{Map, Value, json};

use super::checks::{self, Route, Sent};
use super::is_demo;
use crate::http::cookies;
use crate::http::state::AppState;

/// Adds the header to the answer of a request that has it as well, if this is a demo, and the
/// settings leave the checks as they usually are: what is told would not be true of others.
pub(in crate::http) async fn trace(
    State(state): State<AppState>,
    request: Request,
    next: Next,
) -> Response {
    let path = request.uri().path();
    let route = Route::of(path).filter(|_| request.headers().contains_key(&HEADER));
    let Some(route) = route.filter(|_| state.has_usual_checks) else {
        return next.run(request).await;
    };
    let (mut parts, body) = request.into_parts();
    if !is_demo(&state, &mut parts).await {
        return next.run(Request::from_parts(parts, body)).await;
    }
    let mut told = told(&state, &parts);
    let sent = sent(&state, &parts, route);
    let mut response = next.run(Request::from_parts(parts, body)).await;
    // Of a method that a route does not have nothing was checked.
    if response.status() == StatusCode::METHOD_NOT_ALLOWED {
        return response;
    }
    let rejection = response.extensions().get();
    let code = rejection.map(Rejection::code);
    let checks = checks::all(&sent, code, response.status());
    told.insert("checks".to_owned(), checks.into());
    if let Ok(value) = HeaderValue::try_from(Value::Object(told).to_string()) {
        response.headers_mut().insert(HEADER, value);
    }
    response
}

/// Returns what the browser sent. Values of cookies are left out: script may not read them.
fn told(state: &AppState, parts: &Parts) -> Map<String, Value> {
    let config = state.auth.config();
    let (access, refresh) = (config.names::<Access>(), config.names::<Refresh>());
    let cookies = [
        (access.cookie, "the access token, hidden from script"),
        (refresh.cookie, "the refresh token, hidden from script"),
        (access.csrf_cookie, "the CSRF value, open to script"),
        (
            refresh.csrf_cookie,
            "the CSRF value for refreshes, open to script",
        ),
    ];
    let cookies = cookies.iter().filter_map(|(name, holds)| {
        cookies::values(&parts.headers, name).next()?;
        Some(json!({"name": name, "holds": holds}))
    });
    let headers = BTreeSet::from([
        ORIGIN.as_str(),
        "sec-fetch-site",
        access.csrf_header,
        refresh.csrf_header,
        CONTENT_TYPE.as_str(),
    ]);
    let headers = headers.iter().filter_map(|name| {
        let value = parts.headers.get(*name)?.to_str().ok()?;
        Some(json!({"name": name, "value": value}))
    });
    let members = [
        ("method", parts.method.as_str().into()),
        ("path", parts.uri.path().into()),
        ("cookies", cookies.collect()),
        ("headers", headers.collect()),
    ];
    let members = members.map(|(name, value)| (name.to_owned(), value));
    Map::from_iter(members)
}

fn sent(state: &AppState, parts: &Parts, route: Route) -> Sent {
    let config = state.auth.config();
    let (access, refresh) = (config.names::<Access>(), config.names::<Refresh>());
    let has = |name| cookies::values(&parts.headers, name).next().is_some();
    let names = if route == Route::Refresh {
        &refresh
    } else {
        &access
    };
    Sent {
        route,
        reads: parts.method.is_safe(),
        token: has(names.cookie) || route == Route::LogOut && has(refresh.cookie),
        cookie: names.cookie.to_owned(),
    }
}

/// Asks for the way of a request, and brings it.
pub(super) const HEADER: HeaderName = HeaderName::from_static("x-handstamp-demo");
