//! A request of a browser: its usual headers, and one `Cookie` line.

use http::Request;
use http::header::{
    ACCEPT, ACCEPT_ENCODING, ACCEPT_LANGUAGE, CACHE_CONTROL, COOKIE, HOST, REFERER, USER_AGENT,
};

use crate::facts::ACCESS_COOKIE;

/// Returns a request with this many cookies, the token's in the middle.
///
/// # Panics
/// Panics if a header is not valid.
#[must_use]
pub fn request(token: &str, cookies: usize) -> Request<()> {
    with_cookie(&format!("{ACCESS_COOKIE}={token}"), cookies)
}

/// Returns a request with this many cookies, this one in the middle. The others are about 100
/// bytes each and contain nothing that needs percent-decoding, which would cost the jar more.
///
/// # Panics
/// Panics if a header is not valid.
#[must_use]
pub fn with_cookie(pair: &str, cookies: usize) -> Request<()> {
    let mut pairs: Vec<String> = (1..cookies).map(neighbour).collect();
    pairs.insert(pairs.len() / 2, pair.to_owned());
    Request::get("https://www.example.com/api/posts?page=2")
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
        .header(COOKIE, pairs.join("; "))
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
