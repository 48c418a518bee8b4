use actix_web::dev::ServiceResponse;
use actix_web::http::header::{HeaderName, HeaderValue};
use handstamp::adapter::{Caching, ResponseHead};

use crate::implicit_refresh::Renewing;
use crate::middleware::Middleware;

/// Middleware that keeps the responses to authenticated requests out of caches: without it, a
/// browser may show the pages of a user again after the log-out, by the back button or for the next
/// user. Made by [`Auth::no_store`](crate::Auth::no_store).
///
/// A response to a request with a token cookie that a middleware or an extractor admitted gets
/// `Cache-Control: no-store`, unless the handler has set that header. If a token was looked for in
/// a cookie and none was admitted, the response gets `Vary: Cookie`.
///
/// A browser that opens a page and is refused with 401 is sent to `HANDSTAMP_LOG_IN_PAGE`, if that
/// is set.
///
/// [`RequireMiddleware`](crate::RequireMiddleware) and
/// [`ImplicitRefreshMiddleware`](crate::ImplicitRefreshMiddleware) do the same, so this middleware
/// is for routes that extractors alone guard.
pub type NoStoreMiddleware = Middleware<Renewing>;

/// Adds what the response must say to caches.
pub(crate) fn append_header<B>(caching: &Caching, response: &mut ServiceResponse<B>) {
    if let Some((name, value)) = caching.header(&Answer(response)) {
        let (headers, value) = (response.headers_mut(), HeaderValue::from_static(value));
        headers.append(HeaderName::from_static(name), value);
    }
}

/// The head of a response, as the core reads it.
pub(crate) struct Answer<'r, B>(pub(crate) &'r ServiceResponse<B>);

impl<B> ResponseHead for Answer<'_, B> {
    fn status(&self) -> u16 {
        self.0.status().as_u16()
    }

    fn header_values(&self, name: &str) -> impl Iterator<Item = &[u8]> {
        let Self(response) = self;
        let values = response.headers().get_all(name);
        values.map(HeaderValue::as_bytes)
    }
}
