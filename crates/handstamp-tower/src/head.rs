use std::fmt;

use handstamp::RequestHead;
use http::uri::Authority;
use http::{HeaderMap, HeaderName, Method, Request, Uri, header, request};

/// The head of an `http` request, borrowed.
///
/// ```
/// use handstamp::RequestHead;
/// use handstamp_tower::Head;
///
/// let request = http::Request::get("/posts?page=2").body(())?;
/// assert_eq!(Head::from(&request).query(), Some("page=2"));
/// # Ok::<(), http::Error>(())
/// ```
#[derive(Clone, Copy)]
pub struct Head<'r> {
    method: &'r Method,
    uri: &'r Uri,
    headers: &'r HeaderMap,
}

impl<'r> Head<'r> {
    pub(crate) fn of(method: &'r Method, uri: &'r Uri, headers: &'r HeaderMap) -> Self {
        Self {
            method,
            uri,
            headers,
        }
    }
}

impl<'r, B> From<&'r Request<B>> for Head<'r> {
    fn from(request: &'r Request<B>) -> Self {
        Self::of(request.method(), request.uri(), request.headers())
    }
}

impl<'r> From<&'r request::Parts> for Head<'r> {
    fn from(parts: &'r request::Parts) -> Self {
        Self::of(&parts.method, &parts.uri, &parts.headers)
    }
}

impl RequestHead for Head<'_> {
    fn method(&self) -> &str {
        self.method.as_str()
    }

    fn header_values(&self, name: &str) -> impl Iterator<Item = &[u8]> {
        // Most requests are asked for these, and a text is parsed before it is looked up.
        let values = match name {
            "cookie" => self.headers.get_all(header::COOKIE),
            "origin" => self.headers.get_all(header::ORIGIN),
            "sec-fetch-mode" => self.headers.get_all(&SEC_FETCH_MODE),
            "sec-fetch-site" => self.headers.get_all(&SEC_FETCH_SITE),
            "upgrade" => self.headers.get_all(header::UPGRADE),
            name => self.headers.get_all(name),
        };
        values.iter().map(http::HeaderValue::as_bytes)
    }

    fn query(&self) -> Option<&str> {
        self.uri.query()
    }

    fn authority(&self) -> Option<&str> {
        self.uri.authority().map(Authority::as_str)
    }
}

static SEC_FETCH_MODE: HeaderName = HeaderName::from_static("sec-fetch-mode");
static SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Without headers and query, where tokens are.
impl fmt::Debug for Head<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Head")
            .field("method", &self.method)
            .field("path", &self.uri.path())
            .finish_non_exhaustive()
    }
}
