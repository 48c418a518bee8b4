use super::{App, Suite};
use crate::{Jar, Reply, Request};

/// A browser with its cookies, on a page of the app that repeats the CSRF value of the cookie.
#[derive(Debug, Clone)]
pub(in crate::adapter) struct Browser {
    name: &'static str,
    pub(in crate::adapter) jar: Jar,
}

impl Browser {
    /// Creates a browser without cookies. The name is its user agent.
    pub(in crate::adapter) fn new(name: &'static str) -> Self {
        Self {
            name,
            jar: Jar::default(),
        }
    }

    /// Creates a browser and logs it in.
    pub(in crate::adapter) async fn logged_in<S: AsyncFn(&App, &Request) -> Reply>(
        name: &'static str,
        suite: &Suite<S>,
        app: &App,
    ) -> Self {
        let mut browser = Self::new(name);
        browser.post(suite, app, "/session/log-in").await;
        browser
    }

    /// Returns the request that it would send.
    pub(in crate::adapter) fn request(&self, method: &str, target: &str) -> Request {
        let request = Request::new(method, target).header("user-agent", self.name);
        let request = match self.jar.header() {
            none if none.is_empty() => request,
            cookies => request.header("cookie", cookies),
        };
        let csrf = if target.ends_with("/refresh") {
            "csrf_refresh_token"
        } else {
            "csrf_access_token"
        };
        match self.jar.get(csrf) {
            Some(value) if method != "GET" => request.header("x-csrf-token", value),
            _ => request,
        }
    }

    /// Sends a POST, and applies the cookies that the response sets.
    pub(in crate::adapter) async fn post<S: AsyncFn(&App, &Request) -> Reply>(
        &mut self,
        suite: &Suite<S>,
        app: &App,
        target: &str,
    ) -> Reply {
        let reply = suite.send(app, &self.request("POST", target)).await;
        self.jar.store(&reply);
        reply
    }

    /// Returns the claims of the token in this cookie.
    pub(in crate::adapter) fn claims(&self, cookie: &str) -> serde_json::Value {
        crate::peek(self.jar.get(cookie).unwrap_or_default())
    }
}

pub(in crate::adapter) const ACCESS: &str = "access_token_cookie";
pub(in crate::adapter) const REFRESH: &str = "refresh_token_cookie";
