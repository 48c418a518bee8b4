//! A request in the making: its body, and what a browser adds to it.

use std::fmt;

use serde::Serialize;

use super::jar::Crossing;
use super::site::{self, PageOrigin, Relation};
use super::{Application, Browser, Request, Response};
use crate::origin::Origin;

/// A request in the making, sent by [`send`](Self::send).
///
/// ```
/// use handstamp::testing::{Application, Browser, Request, Response};
///
/// struct Echo;
///
/// impl Application for Echo {
///     async fn call(&self, request: Request) -> Response {
///         Response::new(200, Vec::new(), request.body().to_vec())
///     }
/// }
///
/// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
/// let browser: Browser<Echo> = Browser::new(Echo, "https://app.example.com");
/// let fields = [("title", "a&b")];
/// assert_eq!(browser.submit("/posts").form(fields).send().await.text(), "title=a%26b");
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
#[must_use = "call `send`"]
pub struct RequestBuilder<'b, A> {
    browser: &'b Browser<A>,
    pub(super) sender: Sender,
    pub(super) mode: Mode,
    method: String,
    target: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    repeats_csrf: bool,
}

/// What makes a request.
#[derive(Debug, Clone)]
pub(super) enum Sender {
    Page(PageOrigin),
    User,
    /// No browser: it has no cookies, and none of a browser's headers.
    Program,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    Fetch,
    /// Of the whole window, which then shows the response.
    Navigation,
}

impl Sender {
    /// Returns how a request to `target` crosses sites, and the site in the address bar meanwhile.
    pub(super) fn reaches<'s>(
        &'s self,
        mode: Mode,
        method: &str,
        target: &'s Origin,
    ) -> (Crossing, Option<(&'s str, &'s str)>) {
        // A navigation puts its target into the address bar.
        let navigated = Some(site::site(target));
        let Self::Page(page) = self else {
            return (Crossing::No, navigated);
        };
        let crosses = page.relation(target) == Relation::CrossSite;
        match (mode, page) {
            (Mode::Navigation, _) if !crosses => (Crossing::No, navigated),
            (Mode::Navigation, _) if is_safe(method) => (Crossing::SafeNavigation, navigated),
            (Mode::Navigation, _) => (Crossing::UnsafeNavigation, navigated),
            (Mode::Fetch, PageOrigin::Opaque) => (Crossing::Subresource, None),
            (Mode::Fetch, PageOrigin::Tuple(origin)) => {
                let crossing = if crosses {
                    Crossing::Subresource
                } else {
                    Crossing::No
                };
                (crossing, Some(site::site(origin)))
            }
        }
    }
}

impl<'b, A: Application> RequestBuilder<'b, A> {
    #[track_caller]
    pub(super) fn new(
        browser: &'b Browser<A>,
        sender: Sender,
        mode: Mode,
        method: &str,
        target: &str,
    ) -> Self {
        assert!(
            target.starts_with('/'),
            "{target:?} is no path: it begins with a slash, and the origin is that of the browser"
        );
        Self {
            browser,
            sender,
            mode,
            method: method.to_owned(),
            target: target.to_owned(),
            headers: Vec::new(),
            body: Vec::new(),
            repeats_csrf: mode == Mode::Fetch,
        }
    }

    /// Adds a header. It replaces what the browser would send by this name.
    pub fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_ascii_lowercase(), value.into()));
        self
    }

    /// Adds a token in the header `Authorization`, as programs send it.
    pub fn bearer(self, token: &str) -> Self {
        self.header("authorization", format!("Bearer {token}"))
    }

    /// Sets the body, as JSON.
    ///
    /// # Panics
    /// If the value cannot be written as JSON.
    #[track_caller]
    pub fn json(self, value: &(impl Serialize + ?Sized)) -> Self {
        match serde_json::to_vec(value) {
            Ok(body) => self.body("application/json", body),
            Err(error) => panic!("the value is none of JSON: {error}"),
        }
    }

    /// Sets the fields of a form as the body.
    pub fn form<N: AsRef<str>, V: AsRef<str>>(
        self,
        fields: impl IntoIterator<Item = (N, V)>,
    ) -> Self {
        let mut body = form_urlencoded::Serializer::new(String::new());
        body.extend_pairs(fields);
        self.body("application/x-www-form-urlencoded", body.finish())
    }

    /// Sets the body, and its media type.
    pub fn body(mut self, media_type: &str, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self.header("content-type", media_type)
    }

    /// Sends no CSRF header, as a page that forgot it.
    pub fn without_csrf(mut self) -> Self {
        self.repeats_csrf = false;
        self
    }

    /// Sends the request as a program that is no browser: without cookies, CSRF value, `Origin` and
    /// `Sec-Fetch-*`. Cookies of the response are not kept.
    pub fn as_program(mut self) -> Self {
        self.sender = Sender::Program;
        self
    }

    /// Sends the request, and keeps the cookies of the response in the browser.
    pub async fn send(self) -> Response {
        let browser = self.browser;
        browser.call(self).await
    }

    /// Adds what a browser adds.
    pub(super) fn into_request(self) -> Request {
        let target = &self.browser.origin;
        let mut headers = vec![("host".to_owned(), target.authority().to_owned())];
        if !matches!(self.sender, Sender::Program) {
            headers.push(("user-agent".to_owned(), self.browser.user_agent.clone()));
            headers.extend(self.metadata());
            let cookies = self
                .browser
                .cookies(&self.sender, self.mode, &self.method, &self.target);
            if !cookies.is_empty() {
                headers.push(("cookie".to_owned(), cookies));
            }
        }
        if let Sender::Page(page) = &self.sender
            && self.repeats_csrf
            && !is_safe(&self.method)
        {
            headers.extend(self.browser.csrf(page, &self.target));
        }
        headers.retain(|(name, _)| self.headers.iter().all(|(own, _)| own != name));
        headers.extend(self.headers);
        Request {
            method: self.method,
            target: self.target,
            headers,
            body: self.body,
            peer: self.browser.peer,
        }
    }

    /// Returns `Origin`, `Sec-Fetch-*` and what else differs between fetches and navigations.
    fn metadata(&self) -> Vec<(String, String)> {
        let target = &self.browser.origin;
        let mut headers = match self.mode {
            Mode::Fetch => vec![("accept", "*/*")],
            Mode::Navigation => vec![
                ("accept", "text/html,application/xhtml+xml,*/*;q=0.8"),
                ("upgrade-insecure-requests", "1"),
            ],
        };
        let relation = match &self.sender {
            Sender::Page(page) => Some((page, page.relation(target))),
            Sender::User | Sender::Program => None,
        };
        // https://fetch.spec.whatwg.org/#append-a-request-origin-header
        if let Some((page, relation)) = relation
            && (!matches!(self.method.as_str(), "GET" | "HEAD")
                || (self.mode == Mode::Fetch && relation != Relation::SameOrigin))
        {
            headers.push(("origin", page.as_str()));
        }
        // Browsers send these where nothing between them and the server can read or change them.
        if target.is_https() || target.is_loopback() {
            let site = relation.map_or("none", |(_, relation)| relation.name());
            headers.push(("sec-fetch-site", site));
            headers.extend(match self.mode {
                Mode::Fetch => vec![("sec-fetch-mode", "cors"), ("sec-fetch-dest", "empty")],
                Mode::Navigation => vec![
                    ("sec-fetch-mode", "navigate"),
                    ("sec-fetch-dest", "document"),
                    ("sec-fetch-user", "?1"),
                ],
            });
        }
        let owned = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
        headers.into_iter().map(owned).collect()
    }
}

/// Omits headers and body, which have tokens and passwords.
impl<A> fmt::Debug for RequestBuilder<'_, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequestBuilder")
            .field("method", &self.method)
            .field("target", &self.target)
            .finish_non_exhaustive()
    }
}

/// RFC 9110, section 9.2.1.
fn is_safe(method: &str) -> bool {
    matches!(method, "GET" | "HEAD" | "OPTIONS" | "TRACE")
}
