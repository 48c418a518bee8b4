//! A browser that refreshes its session without end, each time with the token of the time before.

use std::cell::RefCell;
use std::time::Duration;

use handstamp::config::CheckSessions;
use handstamp::purpose::Refresh;
use handstamp::session::ClientInfo;
use handstamp::store::MemoryStore;
use handstamp::{Auth, Require, TokenPair};
use handstamp_tower::{Head, append_cookies};
use http::header::COOKIE;
use http::{HeaderValue, Request, Response};

use crate::facts::{
    ACCESS_COOKIE, CSRF_COOKIE, ORIGIN, REFRESH_COOKIE, REFRESH_CSRF_COOKIE, SUBJECT,
};
use crate::ours::{config, new_token};
use crate::poll::now;
use crate::request::{cookie_line, post};

pub struct Refreshing {
    auth: Auth,
    require: Require<Refresh>,
    request: RefCell<Request<()>>,
    /// What stands before and after the refresh token in the `Cookie` line.
    around: [String; 2],
    /// A token as each refresh takes one and makes one of each kind.
    pub first: TokenPair,
}

impl Refreshing {
    /// Logs in. Each refresh is a rotation: there is no grace window, and a token counts as
    /// received when it is issued, because no access token is presented between two refreshes.
    ///
    /// # Panics
    /// Panics if the configuration is refused.
    #[must_use]
    pub fn new() -> Self {
        let config = config()
            .public_origin(ORIGIN)
            .refresh_grace(Duration::ZERO)
            .check_sessions(CheckSessions::OnRefresh)
            .build()
            .unwrap();
        let auth = Auth::builder(config).store(MemoryStore::new());
        let auth: Auth = auth.build().unwrap();
        let first = now(auth.log_in(new_token(SUBJECT), ClientInfo::new())).unwrap();
        let line = refresh_cookies(&first);
        let (before, after) = line.split_once(first.refresh().as_str()).unwrap();
        Self {
            auth,
            require: Require::refresh(),
            request: RefCell::new(post(&line, first.csrf().unwrap())),
            around: [before.to_owned(), after.to_owned()],
            first,
        }
    }

    /// Authenticates the refresh token, rotates it and sets all four cookies, as a refresh route
    /// does. Writes the new token into the next request, which the browser would do: about 1 % of
    /// the work.
    ///
    /// # Panics
    /// Panics if the refresh is rejected.
    #[inline(never)]
    pub fn refresh(&self) -> Response<()> {
        let mut request = self.request.borrow_mut();
        let head = Head::from(&*request);
        let token = now(self.auth.authenticate(&head, &self.require)).unwrap();
        let tokens = now(self.auth.refresh(&token)).unwrap();
        let mut response = Response::new(());
        let cookies = self.auth.set_cookies(&tokens).unwrap();
        append_cookies(cookies, response.headers_mut());

        let [before, after] = &self.around;
        let line = [before, tokens.refresh().as_str(), after].concat();
        let line = HeaderValue::try_from(line).unwrap();
        request.headers_mut().insert(COOKIE, line);
        response
    }
}

impl Default for Refreshing {
    fn default() -> Self {
        Self::new()
    }
}

/// Returns the `Cookie` line of a browser that has these tokens and six other cookies.
///
/// # Panics
/// Panics if the tokens have no CSRF value.
#[must_use]
pub fn refresh_cookies(tokens: &TokenPair) -> String {
    let csrf = tokens.csrf().unwrap();
    let ours = [
        (ACCESS_COOKIE, tokens.access().as_str()),
        (CSRF_COOKIE, csrf),
        (REFRESH_COOKIE, tokens.refresh().as_str()),
        (REFRESH_CSRF_COOKIE, csrf),
    ];
    cookie_line(&ours, 10)
}
