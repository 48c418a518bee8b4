//! Requests of a browser: its usual headers, and one `Cookie` line.

use http::header::{
    ACCEPT, ACCEPT_ENCODING, ACCEPT_LANGUAGE, CACHE_CONTROL, COOKIE, HOST, ORIGIN, REFERER,
    USER_AGENT,
};
use http::{HeaderValue, Method, Request};

use crate::facts::{self, ACCESS_COOKIE};

/// Returns a GET request with this many cookies, the token's in the middle. The others are about
/// 100 bytes each and contain nothing that needs percent-decoding, which would cost the jar more.
///
/// # Panics
/// Panics if a header is not valid.
#[must_use]
pub fn request(token: &str, cookies: usize) -> Request<()> {
    let ours = [(ACCESS_COOKIE, token)];
    with_headers(Method::GET, &cookie_line(&ours, cookies))
}

/// Returns the POST of a page's script, with a CSRF value and this `Cookie` line.
///
/// # Panics
/// Panics if a header is not valid.
#[must_use]
pub fn post(cookies: &str, csrf: &str) -> Request<()> {
    let mut request = with_headers(Method::POST, cookies);
    let headers = request.headers_mut();
    headers.insert(ORIGIN, HeaderValue::from_static(facts::ORIGIN));
    headers.insert("x-csrf-token", csrf.parse().unwrap());
    request
}

/// Returns a `Cookie` line with this many cookies, these in the middle.
#[must_use]
pub fn cookie_line(ours: &[(&str, &str)], cookies: usize) -> String {
    let mut pairs: Vec<String> = (1..=cookies - ours.len()).map(neighbour).collect();
    let middle = pairs.len() / 2;
    let ours = ours.iter().map(|(name, value)| format!("{name}={value}"));
    pairs.splice(middle..middle, ours);
    pairs.join("; ")
}

/// Returns a request with the headers of a browser, and this `Cookie` line.
///
/// # Panics
/// Panics if the line is not valid.
#[must_use]
pub fn with_headers(method: Method, cookies: &str) -> Request<()> {
    Request::builder()
        .method(method)
        .uri("https://www.example.com/api/posts?page=2")
        .header(HOST, "www.example.com")
        .header(
            USER_AGENT,
            "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
        )
        .header(ACCEPT, "application/json, text/plain, */*")
        .header(ACCEPT_LANGUAGE, "en-GB,en;q=0.5")
        .header(ACCEPT_ENCODING, "gzip, deflate, br, zstd")
        .header(REFERER, "https://www.example.com/posts")
        .header("sec-fetch-dest", "empty")
        .header("sec-fetch-mode", "cors")
        .header("sec-fetch-site", "same-origin")
        .header(CACHE_CONTROL, "no-cache")
        .header(COOKIE, cookies)
        .body(())
        .unwrap()
}

/// Cookies as analytics and consent tools set them.
fn neighbour(number: usize) -> String {
    let pair = format!(
        "_ga_{number:06}=GS2.1.s17{number:08}.o{number}.g1.t17{number:08}.j60.l0.h{number:010}\
         .8f3b1c2e-90ad-4e57-b6c1-d24f0a9e7{number:03}"
    );
    assert!((90..=110).contains(&pair.len()), "{} bytes", pair.len());
    pair
}
