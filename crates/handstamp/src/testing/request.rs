//! A request as an adapter sends it.

use std::fmt;
use std::net::SocketAddr;

use crate::RequestHead;

/// A request as the browser sends it, for the adapter that passes it to a framework.
///
/// ```
/// use handstamp::testing::{Application, Browser, Request, Response};
///
/// struct Posts;
///
/// impl Application for Posts {
///     async fn call(&self, request: Request) -> Response {
///         assert_eq!((request.method(), request.target()), ("POST", "/posts"));
///         assert!(request.headers().any(|line| line == ("origin", "https://app.example.com")));
///         assert_eq!(request.body(), br#"{"title":"x"}"#);
///         assert_eq!(request.peer().ip().to_string(), "192.0.2.1");
///         Response::new(201, Vec::new(), Vec::new())
///     }
/// }
///
/// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
/// let browser: Browser<Posts> = Browser::new(Posts, "https://app.example.com");
/// let body = serde_json::json!({"title": "x"});
/// assert_eq!(browser.post("/posts").json(&body).send().await.status(), 201);
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct Request {
    pub(super) method: String,
    pub(super) target: String,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
    pub(super) peer: SocketAddr,
}

impl Request {
    /// Returns the method.
    #[must_use]
    pub fn method(&self) -> &str {
        &self.method
    }

    /// Returns path and query.
    #[must_use]
    pub fn target(&self) -> &str {
        &self.target
    }

    /// Returns the header lines in order, names in lower case.
    pub fn headers(&self) -> impl Iterator<Item = (&str, &str)> {
        self.headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Returns the body.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// Returns the address that the request comes from.
    #[must_use]
    pub fn peer(&self) -> SocketAddr {
        self.peer
    }
}

/// Omits headers and body, which have tokens and passwords.
impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("method", &self.method)
            .field("target", &self.target)
            .finish_non_exhaustive()
    }
}

/// For applications that call the core directly.
impl RequestHead for Request {
    fn method(&self) -> &str {
        &self.method
    }

    fn header_values(&self, name: &str) -> impl Iterator<Item = &[u8]> {
        self.headers
            .iter()
            .filter(move |(own, _)| own.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_bytes())
    }

    fn query(&self) -> Option<&str> {
        self.target.split_once('?').map(|(_, query)| query)
    }
}
