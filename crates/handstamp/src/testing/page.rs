//! A page of another origin.

use std::fmt;

use super::request_builder::{Mode, Sender};
use super::site::PageOrigin;
use super::{Application, Browser, RequestBuilder};

/// A page of another origin, in a browser that may be logged in to the application.
///
/// ```
/// use handstamp::testing::{Application, Browser, Request, Response};
///
/// struct SaysSite;
///
/// impl Application for SaysSite {
///     async fn call(&self, request: Request) -> Response {
///         let site = request.headers().find(|(name, _)| *name == "sec-fetch-site");
///         Response::new(200, Vec::new(), site.unwrap_or_default().1.into())
///     }
/// }
///
/// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
/// let browser: Browser<SaysSite> = Browser::new(SaysSite, "https://app.example.com");
/// let evil = browser.from_origin("https://evil.example");
/// assert_eq!(evil.post("/posts").send().await.text(), "cross-site");
/// let sibling = browser.from_origin("https://www.example.com");
/// assert_eq!(sibling.submit("/posts").form([("title", "x")]).send().await.text(), "same-site");
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct Page<'b, A> {
    browser: &'b Browser<A>,
    origin: PageOrigin,
}

impl<'b, A: Application> Page<'b, A> {
    pub(super) fn new(browser: &'b Browser<A>, origin: PageOrigin) -> Self {
        Self { browser, origin }
    }

    /// Begins a fetch with `credentials: "include"`. It is sent at once: for most of them a browser
    /// would ask by CORS first, and an attacker has other ways.
    #[track_caller]
    pub fn fetch(&self, method: &str, path: &str) -> RequestBuilder<'b, A> {
        self.begin(Mode::Fetch, method, path)
    }

    /// Begins a GET by [`fetch`](Self::fetch).
    #[track_caller]
    pub fn get(&self, path: &str) -> RequestBuilder<'b, A> {
        self.fetch("GET", path)
    }

    /// Begins a POST by [`fetch`](Self::fetch).
    #[track_caller]
    pub fn post(&self, path: &str) -> RequestBuilder<'b, A> {
        self.fetch("POST", path)
    }

    /// Begins the GET of a link that the user follows.
    #[track_caller]
    pub fn follow_link(&self, path: &str) -> RequestBuilder<'b, A> {
        self.begin(Mode::Navigation, "GET", path)
    }

    /// Begins the POST of a form, with the fields of [`form`](RequestBuilder::form).
    #[track_caller]
    pub fn submit(&self, path: &str) -> RequestBuilder<'b, A> {
        self.begin(Mode::Navigation, "POST", path)
    }

    #[track_caller]
    fn begin(&self, mode: Mode, method: &str, path: &str) -> RequestBuilder<'b, A> {
        let sender = Sender::Page(self.origin.clone());
        RequestBuilder::new(self.browser, sender, mode, method, path)
    }
}

impl<A> fmt::Debug for Page<'_, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Page")
            .field("origin", &self.origin.as_str())
            .finish_non_exhaustive()
    }
}
