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
/// /// Lets one page of another origin read what it answers.
/// struct Shares;
///
/// impl Application for Shares {
///     async fn call(&self, request: Request) -> Response {
///         let page = ("access-control-allow-origin", "https://page.example.com");
///         let cookies = ("access-control-allow-credentials", "true");
///         let headers = [page, cookies].map(|(name, value)| (name.into(), value.into()));
///         Response::new(200, headers.into(), request.method().into())
///     }
/// }
///
/// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
/// let browser: Browser<Shares> = Browser::new(Shares, "https://app.example.com");
/// let page = browser.from_origin("https://page.example.com");
/// assert_eq!(page.post("/posts").send().await.text(), "POST");
///
/// let evil = browser.from_origin("https://evil.example");
/// let response = evil.post("/posts").send().await;
/// assert_eq!((response.status(), response.code()), (0, Some("cors")));
/// // No script sends a form, so that no permission is needed.
/// assert_eq!(evil.submit("/posts").form([("title", "x")]).send().await.status(), 200);
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

    /// Begins a fetch with `credentials: "include"`, which needs the headers of CORS: those of the
    /// preflight, which is sent before where a browser sends one, and those of the response. Where
    /// they are missing, a success becomes a response with the status 0 and the code `cors`. A
    /// refusal stays what it is: the request is sent also where a browser would not, because an
    /// attacker has other ways, and [`cors_error`](super::Response::cors_error) says it.
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
