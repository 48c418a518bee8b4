//! A browser for an application in this process.

use std::fmt;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::csrf::{CsrfName, Known, Pair};
use super::jar::{Crossing, Jar, Sent};
use super::request_builder::{Mode, Sender};
use super::site::{self, PageOrigin, Relation};
use super::{Application, Page, RequestBuilder, Response, cors};
use crate::clock::{Clock, SystemClock};
use crate::issue::{NewToken, TokenPair};
use crate::origin::Origin;
use crate::session::ClientInfo;
use crate::{Auth, Config};

/// A browser for an application in this process: it keeps cookies, and sends them, the CSRF value
/// and its own headers as a browser does, by the rules of [RFC
/// 6265bis](https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis) and [Fetch
/// Metadata](https://www.w3.org/TR/fetch-metadata/).
///
/// * Cookies: `Secure` (also on `http://localhost`, as Safari), `Path`, `Domain`, the prefixes of
///   names, `HttpOnly`, `SameSite`, `Max-Age` and `Expires`, `Partitioned`, and the limits of size.
///   A line that a browser refuses is refused, and [`refused_cookies`](Self::refused_cookies) says
///   why.
/// * `Origin` and `Sec-Fetch-*`, as page and target are related.
/// * The CSRF header on unsafe methods, from the cookie that script can read: that of the refresh
///   token for a path that ends with `/refresh`, else that of the access token. A page that can
///   read no such cookie has the value from the last body of a response with the members `csrf` and
///   `refresh_csrf`, as of log-in, refresh and `GET /session`, until a log-out or
///   [`reload`](Self::reload).
/// * CORS, for fetches of [pages of other origins](Self::from_origin).
///
/// The page of the application stands at `/` of its origin. Requests of one browser may run at the
/// same time, as those of two tabs. It follows no redirect: a test of these reads what the
/// application answers.
///
/// ```
/// use handstamp::store::MemoryStore;
/// use handstamp::testing::{Application, Browser, Request, Response};
/// use handstamp::{Auth, Config, Require};
///
/// /// What an adapter makes of a router.
/// struct App(Auth);
///
/// impl Application for App {
///     async fn call(&self, request: Request) -> Response {
///         match self.0.authenticate(&request, &Require::access()).await {
///             Ok(token) => Response::new(200, Vec::new(), token.subject().into()),
///             Err(no) => Response::new(no.status(), Vec::new(), no.body().into()),
///         }
///     }
/// }
///
/// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
/// # let config = Config::builder().secret_key([7; 32].as_slice()).build()?;
/// let auth = Auth::builder(config).store(MemoryStore::new()).build()?;
/// let browser: Browser<App> = Browser::new(App(auth.clone()), "https://app.example.com");
/// assert_eq!(browser.get("/").send().await.code(), Some("missing_token"));
///
/// browser.logged_in_as(&auth, "user1").await;
/// assert_eq!(browser.post("/posts").send().await.text(), "user1");
/// let forged = browser.post("/posts").without_csrf().send().await;
/// assert_eq!(forged.code(), Some("missing_csrf_token"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Browser<A> {
    pub(super) app: A,
    pub(super) origin: Origin,
    pub(super) peer: SocketAddr,
    pub(super) user_agent: String,
    clock: Arc<dyn Clock>,
    state: Mutex<State>,
}

struct State {
    jar: Jar,
    csrf: Pair<CsrfName>,
    known: Known,
    refused: Vec<String>,
}

impl<A: Application> Browser<A> {
    /// Creates a browser without cookies, whose page is of this origin, that of the application.
    ///
    /// It looks for CSRF cookies by the default names, until
    /// [`with_names_of`](Self::with_names_of) or [`logged_in_as`](Self::logged_in_as) tells it
    /// those of the application.
    ///
    /// # Panics
    /// If the origin is none of the web, such as `https://app.example.com`.
    #[must_use]
    #[track_caller]
    pub fn new(app: impl Into<A>, origin: &str) -> Self {
        let origin = match PageOrigin::parse(origin) {
            PageOrigin::Tuple(origin) if origin.is_web() => origin,
            _ => panic!("{origin:?} is no origin of the web, such as https://app.example.com"),
        };
        let defaults = Config::builder().secret_key([7; 32].as_slice()).build();
        let Ok(defaults) = defaults else {
            panic!("the defaults are a configuration");
        };
        Self {
            app: app.into(),
            origin,
            peer: SocketAddr::from(([192, 0, 2, 1], 50_000)),
            user_agent: USER_AGENT.to_owned(),
            clock: Arc::new(SystemClock),
            state: Mutex::new(State {
                jar: Jar::default(),
                csrf: Pair::of(&defaults),
                known: Known::default(),
                refused: Vec::new(),
            }),
        }
    }

    /// Sets the clock by which cookies expire. The default is that of the system.
    #[must_use]
    pub fn with_clock(mut self, clock: impl Clock + 'static) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Sets the names of CSRF cookies and headers to those of an `Auth`. Only applications that
    /// configure others than the defaults, or a prefix, need it, and only if the test logs in by a
    /// route of the application.
    #[must_use]
    pub fn with_names_of(self, auth: &Auth) -> Self {
        self.state().csrf = Pair::of(auth.config());
        self
    }

    /// Sets the address that requests come from. The default is 192.0.2.1, which is set aside for
    /// examples.
    #[must_use]
    pub fn with_peer(mut self, peer: impl Into<SocketAddr>) -> Self {
        self.peer = peer.into();
        self
    }

    /// Sets the header `User-Agent`. The default is that of a Chromium.
    #[must_use]
    pub fn with_user_agent(mut self, user_agent: &str) -> Self {
        user_agent.clone_into(&mut self.user_agent);
        self
    }

    /// Creates another browser of the same application, clock and names, without cookies.
    #[must_use]
    pub fn another(&self) -> Self
    where
        A: Clone,
    {
        Self {
            app: self.app.clone(),
            origin: self.origin.clone(),
            peer: self.peer,
            user_agent: self.user_agent.clone(),
            clock: Arc::clone(&self.clock),
            state: Mutex::new(State {
                jar: Jar::default(),
                csrf: self.state().csrf.clone(),
                known: Known::default(),
                refused: Vec::new(),
            }),
        }
    }

    /// Logs a user in as the application's log-in route does, without asking for a password: a real
    /// session in the store, its cookies in this browser. A session that the browser had before
    /// ends. Scopes and claims go with a [`NewToken`].
    ///
    /// The access token is fresh, as after every log-in; it no longer is after a refresh. The page
    /// of the application knows the CSRF value, and so do those of `trusted_origins`.
    ///
    /// # Panics
    /// If the store fails, or the browser refuses a cookie: `Secure` on an origin of plain http.
    pub async fn logged_in_as(&self, auth: &Auth, user: impl Into<NewToken>) {
        self.state().csrf = Pair::of(auth.config());
        let request = self.post("/").into_request();
        let client = auth.client_info(&request).ip(self.peer.ip());
        let tokens = log_in(auth, user, client).await;
        let cookies = match auth.set_cookies(&tokens) {
            Ok(cookies) => cookies,
            Err(error) => panic!("no cookies could be made: {error}"),
        };
        let (access, refresh) = (tokens.access().csrf(), tokens.refresh().csrf());
        for page in auth
            .config()
            .settings
            .trusted_origins
            .iter()
            .chain([&self.origin])
        {
            let mut state = self.state();
            state.known.remember(page.as_str(), access, refresh);
        }
        let sent = self.sent(&Sender::User, Mode::Fetch, "GET", "/");
        for line in cookies.lines() {
            let received = self.state().jar.receive(&line.to_header_value(), &sent);
            if let Err(why) = received {
                panic!(
                    "a browser at {} does not take the cookie {}: {why}",
                    self.origin,
                    line.name()
                );
            }
        }
    }

    /// Begins a fetch by the page of the application. The path may have a query.
    #[track_caller]
    pub fn fetch(&self, method: &str, path: &str) -> RequestBuilder<'_, A> {
        let page = PageOrigin::Tuple(self.origin.clone());
        RequestBuilder::new(self, Sender::Page(page), Mode::Fetch, method, path)
    }

    /// Begins a GET by the page of the application.
    #[track_caller]
    pub fn get(&self, path: &str) -> RequestBuilder<'_, A> {
        self.fetch("GET", path)
    }

    /// Begins a POST by the page of the application.
    #[track_caller]
    pub fn post(&self, path: &str) -> RequestBuilder<'_, A> {
        self.fetch("POST", path)
    }

    /// Begins a PUT by the page of the application.
    #[track_caller]
    pub fn put(&self, path: &str) -> RequestBuilder<'_, A> {
        self.fetch("PUT", path)
    }

    /// Begins a PATCH by the page of the application.
    #[track_caller]
    pub fn patch(&self, path: &str) -> RequestBuilder<'_, A> {
        self.fetch("PATCH", path)
    }

    /// Begins a DELETE by the page of the application.
    #[track_caller]
    pub fn delete(&self, path: &str) -> RequestBuilder<'_, A> {
        self.fetch("DELETE", path)
    }

    /// Begins a GET that the user makes: by the address bar or a bookmark.
    #[track_caller]
    pub fn open(&self, path: &str) -> RequestBuilder<'_, A> {
        RequestBuilder::new(self, Sender::User, Mode::Navigation, "GET", path)
    }

    /// Begins the POST of a form in a page of the application, which no script sends: it has the
    /// fields of [`form`](RequestBuilder::form), and no CSRF header.
    #[track_caller]
    pub fn submit(&self, path: &str) -> RequestBuilder<'_, A> {
        let page = PageOrigin::Tuple(self.origin.clone());
        RequestBuilder::new(self, Sender::Page(page), Mode::Navigation, "POST", path)
    }

    /// Opens a page of another origin in this browser, which has its cookies: an attacker's, or a
    /// page of the application that lives elsewhere. `null` is the origin of a sandboxed frame.
    ///
    /// # Panics
    /// If the text is no origin.
    #[must_use]
    #[track_caller]
    pub fn from_origin(&self, origin: &str) -> Page<'_, A> {
        Page::new(self, PageOrigin::parse(origin))
    }

    /// Closes the browser and opens it again: session cookies are gone, others stay. Pages are
    /// loaded anew, as by [`reload`](Self::reload).
    pub fn restart(&self) {
        self.state().jar.close();
        self.reload();
    }

    /// Loads all pages anew: what they had in memory is gone, which are the CSRF values of bodies.
    /// Cookies stay.
    pub fn reload(&self) {
        self.state().known.clear();
    }

    /// Returns the value of a cookie that the browser keeps for the application, also of one that
    /// script cannot read.
    #[must_use]
    pub fn cookie(&self, name: &str) -> Option<String> {
        let now = self.clock.now();
        let host = site::host(&self.origin);
        self.state().jar.get(host, name, now).map(str::to_owned)
    }

    /// Returns the value of a cookie as script of the application's page reads it: of none that is
    /// `HttpOnly`.
    #[must_use]
    pub fn script_cookie(&self, name: &str) -> Option<String> {
        let page = PageOrigin::Tuple(self.origin.clone());
        self.readable_by(&page, name)
    }

    /// Returns which cookies of responses the browser has refused, each with the reason.
    #[must_use]
    pub fn refused_cookies(&self) -> Vec<String> {
        self.state().refused.clone()
    }

    /// Sends a request, and keeps the cookies of the response.
    pub(super) async fn call(&self, builder: RequestBuilder<'_, A>) -> Response {
        let (sender, mode) = (builder.sender.clone(), builder.mode);
        let request = builder.into_request();
        let (method, target) = (request.method.clone(), request.target.clone());
        let page = match &sender {
            Sender::Program => return self.app.call(request).await,
            Sender::Page(page) if mode == Mode::Fetch => Some(page),
            Sender::Page(_) | Sender::User => None,
        };
        let other = page.filter(|page| page.relation(&self.origin) != Relation::SameOrigin);
        let mut permitted = Ok(());
        if let Some(page) = other
            && let Some(preflight) = cors::preflight(&request)
        {
            let response = self.app.call(preflight).await;
            permitted = cors::permits(&response, &request, page.as_str());
        }
        let mut response = self.app.call(request).await;
        if let Some(page) = other {
            let readable = permitted.and_then(|()| cors::shares(&response, page.as_str()));
            response = response.judged(readable);
        }
        let sent = self.sent(&sender, mode, &method, &target);
        let mut state = self.state();
        for line in response.headers("set-cookie") {
            if let Err(why) = state.jar.receive(line, &sent) {
                let name = line.split('=').next().unwrap_or_default();
                state.refused.push(format!("{name}: {why}"));
            }
        }
        if let Some(PageOrigin::Tuple(page)) = page
            && response.cors_error().is_none()
        {
            state.known.learn(page.as_str(), sent.path, &response);
        }
        drop(state);
        response
    }
}

impl<A> Browser<A> {
    /// Returns the header `Cookie` of a request; empty for none.
    pub(super) fn cookies(&self, sender: &Sender, mode: Mode, method: &str, path: &str) -> String {
        let sent = self.sent(sender, mode, method, path);
        self.state().jar.header(&sent)
    }

    /// Returns the header that repeats a CSRF value, if the page knows one.
    pub(super) fn csrf(&self, page: &PageOrigin, path: &str) -> Option<(String, String)> {
        let path = path.split('?').next().unwrap_or_default();
        let (names, known) = {
            let state = self.state();
            (state.csrf.clone(), state.known.get(page.as_str()).cloned())
        };
        let known = known.map_or((None, None), |known| {
            (Some(known.access), Some(known.refresh))
        });
        let access = (names.access, known.0);
        let refresh = (names.refresh, known.1);
        let order = if path.ends_with("/refresh") {
            [refresh, access]
        } else {
            [access, refresh]
        };
        order.into_iter().find_map(|(name, known)| {
            let value = self.readable_by(page, &name.cookie).or(known)?;
            Some((name.header.to_ascii_lowercase(), value))
        })
    }

    fn readable_by(&self, page: &PageOrigin, name: &str) -> Option<String> {
        let PageOrigin::Tuple(origin) = page else {
            return None;
        };
        let page = Sent {
            to: origin,
            path: "/",
            crossing: Crossing::No,
            top_level: Some(site::site(origin)),
            now: self.clock.now(),
        };
        self.state().jar.readable(&page, name).map(str::to_owned)
    }

    fn sent<'s>(
        &'s self,
        sender: &'s Sender,
        mode: Mode,
        method: &str,
        target: &'s str,
    ) -> Sent<'s> {
        let (crossing, top_level) = sender.reaches(mode, method, &self.origin);
        Sent {
            to: &self.origin,
            path: target.split('?').next().unwrap_or_default(),
            crossing,
            top_level,
            now: self.clock.now(),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Omits the cookies.
impl<A> fmt::Debug for Browser<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Browser")
            .field("origin", &self.origin)
            .finish_non_exhaustive()
    }
}

/// Logs a user in, and returns the access token, for a client that sends it in the header
/// `Authorization`: [`bearer`](RequestBuilder::bearer).
///
/// ```
/// use handstamp::testing::access_token_for;
/// use handstamp::{Auth, Config};
///
/// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
/// # let config = Config::builder().secret_key([7; 32].as_slice()).build()?;
/// # let auth = Auth::new(config)?;
/// let token = access_token_for(&auth, "user1").await;
/// assert_eq!(token.split('.').count(), 3);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Panics
/// If the store fails.
pub async fn access_token_for(auth: &Auth, user: impl Into<NewToken>) -> String {
    let tokens = log_in(auth, user, ClientInfo::new()).await;
    tokens.access().as_str().to_owned()
}

async fn log_in(auth: &Auth, user: impl Into<NewToken>, client: ClientInfo) -> TokenPair {
    match auth.log_in(user, client).await {
        Ok(tokens) => tokens,
        Err(error) => panic!("no user could be logged in: {error}"),
    }
}

const USER_AGENT: &str = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 \
                          (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36";
