//! A response as a test reads it.

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
#[derive(Debug, Clone)]
pub struct Response {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    json: Option<Value>,
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
        }
    }

    /// Returns the status.
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
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        self.json.as_ref()?.get("code")?.as_str()
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
}
