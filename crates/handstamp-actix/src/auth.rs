use std::future::{Ready, ready};
use std::sync::Arc;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, web};
use handstamp::Require;
use handstamp::authorize::Authorize;
use handstamp::limit::RateLimits;
use handstamp::purpose::Purpose;

use crate::authorize::AuthorizeRequest;
use crate::error::no_data;
use crate::implicit_refresh::Renewing;
use crate::require::RequireToken;
use crate::same_origin::SameOrigin;
use crate::{
    AuthorizeMiddleware, ClientInfo, Error, ImplicitRefreshMiddleware, LogOut, Middleware,
    NoStoreMiddleware, RateLimitMiddleware, Refresh, RequireMiddleware, SameOriginMiddleware,
    SetCookies,
};

handstamp::adapter::auth! {
    /// [`handstamp::Auth`] for actix-web: put it in the application's data, and take it as an
    /// argument of handlers.
    ///
    /// ```
    /// use actix_web::{App, Responder, web};
    /// use handstamp_actix::{Auth, Config};
    ///
    /// async fn logout(auth: Auth) -> impl Responder {
    ///     auth.unset_cookies().on("bye")
    /// }
    ///
    /// # let config = Config::builder().secret_key([7; 32].as_slice()).build()?;
    /// let auth = Auth::new(config)?; // once; every worker has a clone
    /// let app = move || {
    ///     App::new().app_data(auth.clone()).route("/logout", web::post().to(logout))
    /// };
    /// # app();
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// A scope may have an `Auth` of its own, which its handlers then get: actix-web takes the
    /// nearest. It may be wrapped in `web::Data`, if every `Auth` of the application is. Without
    /// any, and with both kinds, every route that takes it, or a token, responds with 500 without
    /// detail, and the log says why.
    ///
    /// Methods that return cookies return [`SetCookies`] here, which are added to responders, and
    /// every error is an [`Error`], which is a response. All other methods are those of the core,
    /// by `Deref`.
    ///
    /// A store keeps the sessions:
    ///
    /// ```
    /// use handstamp_actix::handstamp::store::MemoryStore;
    /// use handstamp_actix::{Auth, Config};
    ///
    /// # let config = Config::builder().secret_key([7; 32].as_slice()).build()?;
    /// let auth = Auth::builder(config).store(MemoryStore::new()).build()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct Auth;

    /// Returns a builder, which takes a store, a blocklist, a clock and a random source.
    ///
    /// ```
    /// use handstamp_actix::handstamp::store::MemoryStore;
    /// use handstamp_actix::{Auth, Config};
    ///
    /// # let config = Config::builder().secret_key([7; 32].as_slice()).build()?;
    /// let auth: Auth = Auth::builder(config).store(MemoryStore::new()).build()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    fn builder;

    /// Logs a user in, as [`handstamp::Auth::log_in`].
    ///
    /// ```
    /// # use actix_web::Responder;
    /// use handstamp_actix::{Auth, Error, ClientInfo};
    /// async fn login(auth: Auth, client: ClientInfo) -> Result<impl Responder, Error> {
    ///     // Check the password first.
    ///     let tokens = auth.log_in("user1", client).await?;
    ///     Ok(auth.set_cookies(&tokens)?.on("welcome"))
    /// }
    /// ```
    ///
    /// # Errors
    /// [`Error`] if the store does not answer, or for a bug in the application.
    fn log_in;

    /// Refreshes, as [`handstamp::Auth::refresh`].
    ///
    /// ```
    /// # use actix_web::Responder;
    /// # use handstamp_actix::{Auth, Error, Refresh};
    /// async fn refresh(auth: Auth, token: Refresh) -> Result<impl Responder, Error> {
    ///     let tokens = auth.refresh(token).await?;
    ///     Ok(auth.set_cookies(&tokens)?.on("refreshed"))
    /// }
    /// ```
    ///
    /// # Errors
    /// [`Error`] if the session has ended, the token was rotated before, or the store does not
    /// answer. No cookie is deleted.
    fn refresh;

    /// Refreshes as [`handstamp::Auth::refresh_with`] does: `change` decides what the new tokens
    /// say.
    ///
    /// ```
    /// # use actix_web::Responder;
    /// # use handstamp_actix::{Auth, Error, Refresh};
    /// # async fn scopes_of(_: &str) -> Vec<String> { Vec::new() }
    /// async fn refresh(
    ///     auth: Auth,
    ///     token: Refresh,
    /// ) -> Result<impl Responder, Error> {
    ///     let scopes = scopes_of(token.subject()).await; // as your database has them now
    ///     let tokens = auth.refresh_with(token, |new| new.scopes(scopes)).await?;
    ///     Ok(auth.set_cookies(&tokens)?.on("refreshed"))
    /// }
    /// ```
    ///
    /// # Errors
    /// As [`refresh`](Self::refresh), and when `change` returns a token for another account.
    fn refresh_with;

    /// Records as [`handstamp::Auth::reauthenticate`] does that the user has just given the
    /// password again, and returns a fresh access token. Check the password first.
    ///
    /// ```
    /// # use actix_web::Responder;
    /// # use handstamp_actix::{Access, Auth, Error};
    /// async fn step_up(
    ///     auth: Auth,
    ///     token: Access,
    /// ) -> Result<impl Responder, Error> {
    ///     // Check the password first.
    ///     let fresh = auth.reauthenticate(&token).await?;
    ///     Ok(auth.set_access_cookies(&fresh)?.on("confirmed"))
    /// }
    /// ```
    ///
    /// # Errors
    /// [`Error`] if the session has ended, or the store does not answer, or for a bug in the
    /// application.
    fn reauthenticate;

    /// Logs out, as [`handstamp::Auth::log_out`].
    ///
    /// ```
    /// # use actix_web::Responder;
    /// # use handstamp_actix::{Auth, Error, LogOut};
    /// async fn logout(auth: Auth, log_out: LogOut) -> Result<impl Responder, Error> {
    ///     Ok(auth.log_out(log_out).await?.on("bye"))
    /// }
    /// ```
    ///
    /// # Errors
    /// [`Error`] if the store does not answer. No cookie is deleted then.
    fn log_out;
}

/// Middleware.
impl Auth {
    /// Returns a middleware that passes on only requests with the token that `require` demands.
    /// Extractors behind it read the token that it verified.
    ///
    /// The middleware for CORS must be outside of it: browsers send preflights without cookies, so
    /// they are rejected here, and then no page of another origin can call the routes.
    ///
    /// ```
    /// # use actix_web::{App, web};
    /// # use handstamp_actix::{Access, Auth, Config, Require};
    /// # let auth = Auth::new(Config::builder().secret_key([7; 32].as_slice()).build()?)?;
    /// let app = App::new().app_data(auth.clone()).service(
    ///     web::resource("/drafts")
    ///         .wrap(auth.require(Require::access().any_scope(["posts:write"])))
    ///         .to(async |token: Access| token.subject().to_owned()),
    /// );
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn require<P: Purpose>(&self, require: Require<P>) -> RequireMiddleware<P> {
        Middleware(RequireToken {
            auth: self.0.clone(),
            require: Arc::new(require),
        })
    }

    /// Returns a middleware that passes on only requests that `by` permits, rules of the
    /// application or policies of `handstamp-cedar`. It verifies the access token, unless a
    /// middleware of [`require`](Self::require) outside of it did, and then asks `by` what `ask`
    /// makes of the request. [`require_permission`](Self::require_permission) is the same in a
    /// handler, for what must be loaded first.
    ///
    /// ```
    /// # use actix_web::{App, web};
    /// # use handstamp_actix::handstamp::error::Denial;
    /// # use handstamp_actix::{Access, Auth, Authenticated, Authorize, Config, purpose};
    /// struct Staff;
    ///
    /// impl Authorize<()> for Staff {
    ///     async fn authorize(
    ///         &self,
    ///         token: &Authenticated<purpose::Access>,
    ///         (): &(),
    ///     ) -> Result<(), Denial> {
    ///         let is_staff = token.subject().ends_with("@example.com");
    ///         is_staff.then_some(()).ok_or_else(|| Denial::new("not of the company"))
    ///     }
    /// }
    ///
    /// # let auth = Auth::new(Config::builder().secret_key([7; 32].as_slice()).build()?)?;
    /// let app = App::new().app_data(auth.clone()).service(
    ///     web::resource("/reports")
    ///         .wrap(auth.authorize(Staff, |_| ()))
    ///         .to(async |token: Access| token.subject().to_owned()),
    /// );
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn authorize<A: Authorize<Q>, Q, F: Fn(&HttpRequest) -> Q>(
        &self,
        by: A,
        ask: F,
    ) -> AuthorizeMiddleware<A, F> {
        Middleware(AuthorizeRequest::new(self.0.clone(), by, ask))
    }

    /// Returns a middleware that renews the access token of an active browser shortly before it
    /// expires. It may wrap a whole application: only requests that a middleware of
    /// [`require`](Self::require) or an extractor admitted renew anything.
    ///
    /// ```
    /// # use actix_web::{App, web};
    /// # use handstamp_actix::{Access, Auth, Config};
    /// # let auth = Auth::new(Config::builder().secret_key([7; 32].as_slice()).build()?)?;
    /// let app = App::new()
    ///     .wrap(auth.implicit_refresh())
    ///     .app_data(auth)
    ///     .route("/", web::get().to(async || "a public page, which renews nothing"))
    ///     .route("/me", web::get().to(async |token: Access| token.subject().to_owned()));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn implicit_refresh(&self) -> ImplicitRefreshMiddleware {
        Middleware(Renewing(Some(self.0.clone())))
    }

    /// Returns a middleware that keeps responses to authenticated requests out of browser caches.
    /// Put it around an application whose handlers take tokens by extractors, or use
    /// [`implicit_refresh`](Self::implicit_refresh), which does this as well.
    ///
    /// With `HANDSTAMP_LOG_IN_PAGE` set, a browser that opens a page and is refused with 401 is
    /// redirected to the log-in page.
    ///
    /// ```
    /// # use actix_web::{App, web};
    /// # use handstamp_actix::{Access, Auth, Config};
    /// # let auth = Auth::new(Config::builder().secret_key([7; 32].as_slice()).build()?)?;
    /// let app = App::new()
    ///     .wrap(auth.no_store())
    ///     .app_data(auth)
    ///     .route("/me", web::get().to(async |token: Access| token.subject().to_owned()));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Security
    /// A page that is the same for all users is not such a response, whatever its script shows. Its
    /// handler must say `Cache-Control: no-store` itself: otherwise the back button brings the page
    /// back as it was, for the next user of the computer too.
    #[must_use]
    pub fn no_store(&self) -> NoStoreMiddleware {
        Middleware(Renewing(None))
    }

    /// Returns a middleware for routes that demand no token, such as a log-in: it rejects requests
    /// that other sites make a browser send.
    ///
    /// ```
    /// # use actix_web::{App, web};
    /// # use handstamp_actix::{Auth, Config};
    /// # let config = Config::builder().secret_key([7; 32].as_slice());
    /// let auth = Auth::new(config.public_origin("https://app.example.com").build()?)?;
    /// let login = web::resource("/login").wrap(auth.same_origin()).post(async || "welcome");
    /// # App::new().service(login);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn same_origin(&self) -> SameOriginMiddleware {
        Middleware(SameOrigin(self.0.clone()))
    }

    /// Returns a middleware that limits how many requests a client, a user or a session may send in
    /// a time: see [`limit`](handstamp::limit). A request beyond a limit gets 429 `rate_limited`
    /// with `Retry-After`, and no cookie is touched.
    ///
    /// Behind a proxy, name it by [`trusted_proxies`](RateLimitMiddleware::trusted_proxies). Make
    /// the limits outside of the application's factory: each worker would count by itself.
    ///
    /// ```
    /// # use actix_web::{App, web};
    /// # use handstamp_actix::{Auth, Config};
    /// use handstamp_actix::handstamp::limit::{Limit, Quota, RateLimits, TrustedProxies};
    ///
    /// # let auth = Auth::new(Config::builder().secret_key([7; 32].as_slice()).build()?)?;
    /// let limits = RateLimits::in_memory([Limit::by_address("log-in", Quota::per_minute(10))])?;
    /// let proxies = TrustedProxies::new(["10.0.0.0/8".parse()?]);
    /// let limited = auth.rate_limit(limits).trusted_proxies(proxies);
    /// let login = web::resource("/login").wrap(limited).post(async || "welcome");
    /// # App::new().service(login);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn rate_limit(&self, limits: RateLimits) -> RateLimitMiddleware {
        RateLimitMiddleware::new(self.0.clone(), limits)
    }
}

impl FromRequest for Auth {
    type Error = actix_web::Error;
    type Future = Ready<Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(find(request).cloned())
    }
}

/// Returns the nearest `Auth` of the application's data, bare or as `web::Data`. Where there are
/// both kinds, actix-web does not tell which is nearer, and the wrong one would admit requests that
/// the other rejects.
pub(crate) fn find(request: &HttpRequest) -> actix_web::Result<&Auth> {
    let bare = request.app_data::<Auth>();
    let data = request.app_data::<web::Data<Auth>>();
    let (problem, help) = match (bare, data) {
        (Some(auth), None) => return Ok(auth),
        (None, Some(data)) => return Ok(data),
        (None, None) => ("has no Auth", "add `.app_data(auth.clone())` to the App"),
        (Some(_), Some(_)) => (
            "has two kinds of Auth",
            "add every Auth bare, or every one as `web::Data`",
        ),
    };
    Err(no_data(request, problem, help))
}
