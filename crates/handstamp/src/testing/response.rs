//! A response as a test reads it.

use std::fmt;

use serde_json::Value;

/// A response as a test reads it.
///
/// ```
/// use handstamp::testing::Response;
///
/// let problem = br#"{"status":403,"code":"csrf_mismatch"}"#;
/// let headers = vec![("cache-control".into(), "no-store".into())];
/// let response = Response::new(403, headers, problem.to_vec());
/// assert_eq!((response.status(), response.code()), (403, Some("csrf_mismatch")));
/// assert_eq!(response.header("Cache-Control"), Some("no-store"));
/// assert_eq!(response.json()["status"], 403);
/// ```
#[derive(Clone)]
pub struct Response {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    json: Option<Value>,
    cors_error: Option<String>,
}

impl Response {
    /// Creates the response of an application. Names of headers are compared without regard to
    /// case.
    #[must_use]
    pub fn new(status: u16, headers: Vec<(String, String)>, body: Vec<u8>) -> Self {
        let json = serde_json::from_slice(&body).ok();
        Self {
            status,
            headers,
            body,
            json,
            cors_error: None,
        }
    }

    /// Adds whether script of another origin can read the response. One that only the test can read
    /// is replaced; a refusal is not, because it says how the application answers an attacker, who
    /// has other ways than a fetch.
    pub(super) fn judged(self, readable: Result<(), String>) -> Self {
        let Err(why) = readable else {
            return self;
        };
        let mut response = self;
        if response.status < 400 {
            let body = format!(
                "CORS: a browser fails this fetch, which the application answered with {}. {why}",
                response.status
            );
            response = Self::new(0, Vec::new(), body.into_bytes());
        }
        response.cors_error = Some(why);
        response
    }

    /// Returns the status. It is 0 where a browser would fail the fetch of another origin for the
    /// want of headers of CORS: the code is `cors` then, and [`cors_error`](Self::cors_error) says
    /// what is wrong.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.status
    }

    /// Returns the first header of this name.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut lines = self.headers.iter();
        let line = lines.find(|(own, _)| own.eq_ignore_ascii_case(name))?;
        Some(&line.1)
    }

    /// Returns all headers of this name: `Set-Cookie` has one line for each cookie.
    pub fn headers<'r>(&'r self, name: &'r str) -> impl Iterator<Item = &'r str> {
        let of_name = move |line: &&(String, String)| line.0.eq_ignore_ascii_case(name);
        let lines = self.headers.iter().filter(of_name);
        lines.map(|(_, value)| value.as_str())
    }

    /// Returns the code of a refusal, such as `token_expired`: the member `code` of a body of
    /// problem details.
    ///
    /// `missing_csrf_token` of a request without
    /// [`without_csrf`](super::RequestBuilder::without_csrf) means that the page knows no CSRF
    /// value: it can read no cookie with one (its names are others than the defaults:
    /// [`with_names_of`](super::Browser::with_names_of); or `csrf_in_cookies(false)` is set), and
    /// no body had the member `csrf` since the page was loaded.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        if self.status == 0 {
            return Some("cors");
        }
        self.member("code")?.as_str()
    }

    /// Returns why script of the page that sent the fetch cannot read the response: what the
    /// headers of CORS lack, of the preflight or of the response itself. `None` for a response that
    /// it can read, and for everything but a fetch of a page of another origin.
    #[must_use]
    pub fn cors_error(&self) -> Option<&str> {
        self.cors_error.as_deref()
    }

    /// Returns the body as JSON.
    ///
    /// # Panics
    /// If it is something else; the message has status and body.
    #[must_use]
    #[track_caller]
    pub fn json(&self) -> &Value {
        let Some(json) = &self.json else {
            panic!(
                "the body of this {} is not JSON: {}",
                self.status,
                self.text()
            );
        };
        json
    }

    /// Returns the body as text. What is not UTF-8 is replaced by `\u{FFFD}`.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// Returns the body.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// Returns a member of a body that is an object of JSON.
    pub(super) fn member(&self, name: &str) -> Option<&Value> {
        self.json.as_ref()?.get(name)
    }
}

/// Shows the body as text.
impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("status", &self.status)
            .field("headers", &self.headers)
            .field("body", &self.text())
            .field("cors_error", &self.cors_error)
            .finish_non_exhaustive()
    }
}
