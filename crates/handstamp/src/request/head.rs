//! What an adapter must offer of a request.

use super::body::{RequestBody, WithBody};

/// The head of a request, borrowed from whatever framework received it.
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
/// An adapter must hand over every line of a header, in order and as bytes: what it hides cannot be
/// checked for contradiction, and what it decodes it may decode wrongly.
pub trait RequestHead {
    /// The method, as sent: `GET`, `POST`.
    fn method(&self) -> &str;

    /// All values of the header `name`, in order. `name` is compared without regard to case.
    fn header_values(&self, name: &str) -> impl Iterator<Item = &[u8]>;

    /// What follows `?` in the request target.
    fn query(&self) -> Option<&str>;

    /// The body, where it was read. That is optional: an adapter leaves this as it is, and so do
    /// layers, before which the body is still on its way.
    fn body(&self) -> &RequestBody<'_> {
        &RequestBody::NOT_READ
    }

    /// This head, and the body that was collected, all of it. See [`body`](crate::body).
    fn with_body(self, bytes: &[u8]) -> WithBody<'_, Self>
    where
        Self: Sized,
    {
        WithBody::new(self, bytes)
    }
}
