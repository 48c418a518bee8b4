use handstamp::SetCookies;
use handstamp::error::Rejection;
use http::header::{CACHE_CONTROL, HeaderName, SET_COOKIE};
use http::{HeaderMap, HeaderValue, Response, StatusCode};

/// Adds the `Set-Cookie` lines to a response, and `Cache-Control: no-store`, so that no cache hands them to anybody
/// else. A line replaces an earlier one for the same cookie ([RFC 6265bis, 4.1.1](https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis#section-4.1.1):
/// never two of one name).
pub fn append_cookies(cookies: &SetCookies, headers: &mut HeaderMap) {
    for line in cookies.lines() {
        remove_cookie(line.name(), headers);
        // A line holds what RFC 6265bis allows, all of it visible ASCII and spaces, so the value is always made.
        if let Ok(value) = HeaderValue::try_from(line.to_header_value()) {
            headers.append(SET_COOKIE, value);
        }
    }
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
}

/// The response that tells a client why it was refused. The [`Rejection`] itself is among its extensions, for logs and
/// metrics.
#[must_use]
pub fn refuse<B: From<String>>(rejection: Rejection) -> Response<B> {
    let mut response = Response::new(B::from(rejection.body()));
    *response.status_mut() =
        StatusCode::from_u16(rejection.status()).unwrap_or(StatusCode::UNAUTHORIZED);
    for (name, value) in rejection.headers() {
        // Challenges hold what RFC 6749 allows in a scope, all of it visible ASCII, so the value is always made.
        if let Ok(value) = HeaderValue::from_str(&value) {
            response
                .headers_mut()
                .insert(HeaderName::from_static(name), value);
        }
    }
    response.extensions_mut().insert(rejection);
    response
}

fn remove_cookie(name: &str, headers: &mut HeaderMap) {
    let sets_it = |line: &HeaderValue| {
        line.as_bytes().split(|byte| *byte == b'=').next() == Some(name.as_bytes())
    };
    if headers.get_all(SET_COOKIE).iter().any(sets_it) {
        let kept: Vec<HeaderValue> = headers
            .get_all(SET_COOKIE)
            .iter()
            .filter(|line| !sets_it(line))
            .cloned()
            .collect();
        headers.remove(SET_COOKIE);
        for line in kept {
            headers.append(SET_COOKIE, line);
        }
    }
}
