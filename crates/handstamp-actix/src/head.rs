use std::fmt;

use actix_web::HttpRequest;
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::http::uri::Authority;
use handstamp::RequestHead;

/// The head of a request, borrowed.
///
/// ```
/// use actix_web::test::TestRequest;
/// use handstamp_actix::Head;
/// use handstamp_actix::handstamp::RequestHead as _;
///
/// let request = TestRequest::with_uri("/posts?page=2").to_http_request();
/// assert_eq!(Head::from(&request).query(), Some("page=2"));
/// ```
#[derive(Clone, Copy)]
pub struct Head<'r>(&'r HttpRequest);

impl<'r> From<&'r HttpRequest> for Head<'r> {
    fn from(request: &'r HttpRequest) -> Self {
        Self(request)
    }
}

impl RequestHead for Head<'_> {
    fn method(&self) -> &str {
        self.0.method().as_str()
    }

    fn header_values(&self, name: &str) -> impl Iterator<Item = &[u8]> {
        let headers = self.0.headers();
        // Most requests are asked for these, and a text is parsed before it is looked up.
        let values = match name {
            "cookie" => headers.get_all(header::COOKIE),
            "origin" => headers.get_all(header::ORIGIN),
            "sec-fetch-mode" => headers.get_all(&SEC_FETCH_MODE),
            "sec-fetch-site" => headers.get_all(&SEC_FETCH_SITE),
            "upgrade" => headers.get_all(header::UPGRADE),
            name => headers.get_all(name),
        };
        values.map(HeaderValue::as_bytes)
    }

    fn query(&self) -> Option<&str> {
        self.0.uri().query()
    }

    fn authority(&self) -> Option<&str> {
        self.0.uri().authority().map(Authority::as_str)
    }
}

static SEC_FETCH_MODE: HeaderName = HeaderName::from_static("sec-fetch-mode");
static SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Without headers and query, where tokens are.
impl fmt::Debug for Head<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Head")
            .field("method", &self.0.method())
            .field("path", &self.0.path())
            .finish_non_exhaustive()
    }
}
