//! CORS, as a browser judges it for fetches with credentials
//! ([Fetch](https://fetch.spec.whatwg.org/#http-cors-protocol)).

#[cfg(test)]
mod tests;

use super::{Request, Response};

/// Returns the request that asks for permission first, if a browser would send one.
pub(super) fn preflight(request: &Request) -> Option<Request> {
    let names = unsafe_names(request);
    if is_simple(&request.method) && names.is_empty() {
        return None;
    }
    let of_browser = |(name, _): &&(String, String)| {
        name.starts_with("sec-fetch-")
            || matches!(name.as_str(), "host" | "origin" | "user-agent" | "accept")
    };
    let mut headers: Vec<_> = request.headers.iter().filter(of_browser).cloned().collect();
    let mut add = |name: &str, value| headers.push((name.to_owned(), value));
    add("access-control-request-method", request.method.clone());
    if !names.is_empty() {
        add("access-control-request-headers", names.join(","));
    }
    Some(Request {
        method: "OPTIONS".to_owned(),
        target: request.target.clone(),
        headers,
        body: Vec::new(),
        peer: request.peer,
    })
}

/// Checks the response to a preflight. With credentials `*` permits nothing.
pub(super) fn permits(response: &Response, request: &Request, origin: &str) -> Result<(), String> {
    let status = response.status();
    let refused = |why| {
        format!(
            "the preflight OPTIONS {} got {status}: {why}",
            request.target
        )
    };
    if !(200..300).contains(&status) {
        return Err(refused("it needs a status of success".to_owned()));
    }
    shares(response, origin).map_err(refused)?;
    let lists = |header: &str, wanted: &dyn Fn(&str) -> bool| {
        list(response, header).split(',').map(str::trim).any(wanted)
    };
    let is_method = |method: &str| method == request.method;
    if !is_simple(&request.method) && !lists(METHODS, &is_method) {
        return Err(refused(format!("{METHODS} has no {}", request.method)));
    }
    for name in unsafe_names(request) {
        if !lists(HEADERS, &|allowed| allowed.eq_ignore_ascii_case(name)) {
            return Err(refused(format!("{HEADERS} has no {name}")));
        }
    }
    Ok(())
}

/// Checks whether script of this origin can read a response.
pub(super) fn shares(response: &Response, origin: &str) -> Result<(), String> {
    for (header, expected) in [(ORIGIN, origin), (CREDENTIALS, "true")] {
        let found = list(response, header);
        if found != expected {
            return Err(format!("{header} is {found:?}, and not {expected:?}"));
        }
    }
    Ok(())
}

/// Returns all lines of a header as one, as browsers read them.
fn list(response: &Response, header: &str) -> String {
    response.headers(header).collect::<Vec<_>>().join(", ")
}

/// Returns the headers, sorted, that script may not send to other origins without permission.
fn unsafe_names(request: &Request) -> Vec<&str> {
    let is_unsafe = |(name, value): &&(String, String)| match name.as_str() {
        "content-type" => !SIMPLE_TYPES.contains(&value.split(';').next().unwrap_or_default()),
        // Set by the browser, or by script without a question.
        "accept" | "accept-language" | "content-language" | "cookie" | "host" | "origin"
        | "user-agent" => false,
        name => !name.starts_with("sec-"),
    };
    let unsafe_lines = request.headers.iter().filter(is_unsafe);
    let mut names: Vec<&str> = unsafe_lines.map(|(name, _)| name.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    names
}

fn is_simple(method: &str) -> bool {
    matches!(method, "GET" | "HEAD" | "POST")
}

const ORIGIN: &str = "Access-Control-Allow-Origin";
const CREDENTIALS: &str = "Access-Control-Allow-Credentials";
const METHODS: &str = "Access-Control-Allow-Methods";
const HEADERS: &str = "Access-Control-Allow-Headers";

const SIMPLE_TYPES: [&str; 3] = [
    "application/x-www-form-urlencoded",
    "multipart/form-data",
    "text/plain",
];
