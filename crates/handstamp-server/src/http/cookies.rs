//! The cookies of a request.

use axum::http::HeaderMap;
use axum::http::header::COOKIE;

/// Returns names and values. Those that are no text are left out: a cookie of another application
/// on the host may be in any encoding.
pub(super) fn pairs(headers: &HeaderMap) -> impl Iterator<Item = (&str, &str)> {
    let lines = headers.get_all(COOKIE).iter();
    lines
        .flat_map(|line| line.as_bytes().split(|byte| *byte == b';'))
        .filter_map(|pair| std::str::from_utf8(pair).ok()?.trim().split_once('='))
}

/// Returns the values of the cookies of this name.
pub(super) fn values<'h>(headers: &'h HeaderMap, name: &str) -> impl Iterator<Item = &'h str> {
    pairs(headers)
        .filter(move |(found, _)| *found == name)
        .map(|(_, value)| value)
}
