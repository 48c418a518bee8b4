use handstamp::SetCookies;
use handstamp::adapter::{ResponseHead, merge_cookies};
use handstamp::error::Rejection;
use http::header::{CACHE_CONTROL, HeaderName, SET_COOKIE};
use http::{HeaderMap, HeaderValue, Response, StatusCode};

/// Adds the `Set-Cookie` lines to a response, and `Cache-Control: no-store`, so that no cache
/// delivers them to another client. A line replaces an earlier one for the same cookie:
/// [`SetCookie::replaces`](handstamp::SetCookie::replaces).
///
/// ```
/// # use handstamp_tower::handstamp::{Auth, Config};
/// # use http::HeaderMap;
/// # let auth = Auth::new(Config::builder().secret_key([7; 32].as_slice()).build()?)?;
/// let mut headers = HeaderMap::new();
/// handstamp_tower::append_cookies(auth.unset_cookies(), &mut headers);
/// assert_eq!(headers.get_all("set-cookie").iter().count(), 4);
/// assert_eq!(headers["cache-control"], "no-store");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn append_cookies(cookies: SetCookies, headers: &mut HeaderMap) {
    let earlier: Vec<HeaderValue> = headers.get_all(SET_COOKIE).iter().cloned().collect();
    headers.remove(SET_COOKIE);
    for line in merge_cookies(earlier, cookies) {
        headers.append(SET_COOKIE, line);
    }
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
}

/// Returns the response of a rejection. The [`Rejection`] itself is among its extensions, for logs
/// and metrics.
///
/// ```
/// # use handstamp_tower::handstamp::{Auth, Config, Require, error::Rejection};
/// # use handstamp_tower::{Head, refuse};
/// # use http::{Request, Response};
/// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
/// # let auth = Auth::new(Config::builder().secret_key([7; 32].as_slice()).build()?)?;
/// let request = Request::new(());
/// if let Err(rejection) = auth.authenticate(&Head::from(&request), &Require::access()).await {
///     let response: Response<String> = refuse(rejection);
///     assert_eq!(response.status(), 401);
///     let why = response.extensions().get().map(Rejection::code);
///     assert_eq!(why, Some("missing_token"));
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn refuse<B: From<String>>(rejection: Rejection) -> Response<B> {
    let mut response = Response::new(B::from(rejection.body()));
    *response.status_mut() =
        StatusCode::from_u16(rejection.status()).unwrap_or(StatusCode::UNAUTHORIZED);
    for (name, value) in rejection.headers() {
        // Challenges hold what RFC 6749 allows in a scope, all of it visible ASCII, so the value is
        // always made.
        if let Ok(value) = HeaderValue::from_str(&value) {
            response
                .headers_mut()
                .insert(HeaderName::from_static(name), value);
        }
    }
    response.extensions_mut().insert(rejection);
    response
}

/// The head of a response, as the core reads it.
pub(crate) struct Answer<'r, Body>(pub(crate) &'r Response<Body>);

impl<Body> ResponseHead for Answer<'_, Body> {
    fn status(&self) -> u16 {
        self.0.status().as_u16()
    }

    fn header_values(&self, name: &str) -> impl Iterator<Item = &[u8]> {
        // Most responses are asked for this one, and a text is parsed before it is looked up.
        let headers = self.0.headers();
        let values = match name {
            "cache-control" => headers.get_all(CACHE_CONTROL),
            name => headers.get_all(name),
        };
        values.iter().map(HeaderValue::as_bytes)
    }
}
