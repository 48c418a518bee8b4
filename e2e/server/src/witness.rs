//! Reports the requests that arrived and their outcome; without it, a rejection proves nothing.

use axum::extract::Request;
use axum::http::HeaderMap;
use axum::middleware::Next;
use axum::response::Response;
use handstamp_axum::handstamp::error::Rejection;
use serde_json::{Value, json};

/// Prints one line of JSON before the response is sent.
pub(crate) async fn tell(request: Request, next: Next) -> Response {
    let mut line = json!({
        "version": format!("{:?}", request.version()),
        "method": request.method().as_str(),
        "path": request.uri().path(),
        "query": request.uri().query(),
        "origin": text(request.headers(), "origin"),
        "sec_fetch_site": text(request.headers(), "sec-fetch-site"),
        "csrf_header": text(request.headers(), "x-csrf-token"),
        "cookie_lines": request.headers().get_all("cookie").iter().count(),
        "cookies": cookies(request.headers()),
    });
    let response = next.run(request).await;
    let rejection = response.extensions().get::<Rejection>();
    let sets = response.headers().get_all("set-cookie").iter().count();
    if let Some(line) = line.as_object_mut() {
        line.insert("status".into(), response.status().as_u16().into());
        line.insert("sets".into(), sets.into());
        line.insert("code".into(), rejection.map(Rejection::code).into());
    }
    println!("{line}");
    response
}

fn text<'r>(headers: &'r HeaderMap, name: &str) -> Option<&'r str> {
    headers.get(name)?.to_str().ok()
}

/// The values in the order in which the browser sent them.
fn cookies(headers: &HeaderMap) -> Vec<Value> {
    let lines = headers
        .get_all("cookie")
        .iter()
        .filter_map(|line| line.to_str().ok());
    lines
        .flat_map(|line| line.split("; "))
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or(("", pair));
            json!({"name": name, "value": value})
        })
        .collect()
}
