//! The interface by which an adapter passes a request.

use super::body::{RequestBody, WithBody};

/// The head of a request, borrowed from the framework that received it.
///
/// ```
/// use handstamp::RequestHead;
///
/// struct Get<'a> { cookie: &'a [u8] }
///
/// impl RequestHead for Get<'_> {
///     fn method(&self) -> &str { "GET" }
///     fn header_values(&self, name: &str) -> impl Iterator<Item = &[u8]> {
///         name.eq_ignore_ascii_case("cookie").then_some(self.cookie).into_iter()
///     }
///     fn query(&self) -> Option<&str> { None }
/// }
/// # assert_eq!(Get { cookie: b"a=b" }.header_values("Cookie").count(), 1);
/// ```
///
/// # Security
/// An adapter must pass every line of a header, in order and as bytes: hidden lines cannot be
/// checked for contradictions, and decoding may be wrong.
pub trait RequestHead {
    /// Returns the method, as sent: `GET`, `POST`.
    fn method(&self) -> &str;

    /// Returns all values of the header `name`, in order. `name` is compared without regard to
    /// case.
    fn header_values(&self, name: &str) -> impl Iterator<Item = &[u8]>;

    /// Returns the part of the request target after `?`.
    fn query(&self) -> Option<&str>;

    /// Returns host and port of the request target, which is `:authority` in HTTP/2, where it takes
    /// the place of the header `Host`
    /// ([RFC 9113, section 8.3.1](https://www.rfc-editor.org/rfc/rfc9113#section-8.3.1)). The
    /// default is none, for servers of HTTP/1.1 alone.
    fn authority(&self) -> Option<&str> {
        None
    }

    /// Returns the body, if it was buffered. Implementing it is optional: adapters keep the
    /// default, and so do layers, which run before the body is read.
    fn body(&self) -> &RequestBody<'_> {
        &RequestBody::NOT_READ
    }

    /// Combines this head with the whole buffered body. See [`body`](crate::body).
    fn with_body(self, bytes: &[u8]) -> WithBody<'_, Self>
    where
        Self: Sized,
    {
        WithBody::new(self, bytes)
    }
}
