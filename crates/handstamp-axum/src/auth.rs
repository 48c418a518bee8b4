use std::sync::Arc;

use axum_core::extract::FromRef;
use handstamp::Require;
use handstamp::authorize::Authorize;
use handstamp::limit::RateLimits;
use handstamp::purpose::Purpose;
use handstamp_tower::{
    AuthorizeLayer, ImplicitRefreshLayer, NoStoreLayer, RateLimitLayer, RequireLayer,
    SameOriginLayer,
};
use http::request::Parts;

use crate::{ClientInfo, Error, LogOut, Refresh, SetCookies};

handstamp::adapter::auth! {
    /// [`handstamp::Auth`] for axum: the router's state, or a part of it by `FromRef`.
    ///
    /// Methods that return cookies return response parts of axum here, and their errors are
    /// responses. All other methods are those of the core, by `Deref`.
    ///
    /// A store keeps the sessions:
    ///
    /// ```
    /// use handstamp_axum::handstamp::store::MemoryStore;
    /// use handstamp_axum::{Auth, Config};
    ///
    /// # let config = Config::builder().secret_key([7; 32].as_slice()).build()?;
    /// let auth = Auth::builder(config).store(MemoryStore::new()).build()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct Auth;

    /// Returns a builder, which takes a store, a blocklist, a clock and a random source.
    ///
    /// ```
    /// use handstamp_axum::handstamp::store::MemoryStore;
    /// use handstamp_axum::{Auth, Config};
    ///
    /// # let config = Config::builder().secret_key([7; 32].as_slice()).build()?;
    /// let auth: Auth = Auth::builder(config).store(MemoryStore::new()).build()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    fn builder;

    /// Logs a user in, as [`handstamp::Auth::log_in`].
    ///
    /// ```
    /// # use axum::{extract::State, response::IntoResponse};
    /// # use handstamp_axum::{Auth, Error, ClientInfo};
    /// async fn login(
    ///     State(auth): State<Auth>,
    ///     client: ClientInfo,
    /// ) -> Result<impl IntoResponse, Error> {
    ///     // Check the password first.
    ///     let tokens = auth.log_in("user1", client).await?;
    ///     Ok((auth.set_cookies(&tokens)?, "welcome"))
    /// }
    /// ```
    ///
    /// # Errors
    /// [`Error`] if the store does not answer, or for a bug in the application.
    fn log_in;

    /// Refreshes, as [`handstamp::Auth::refresh`].
    ///
    /// ```
    /// # use axum::{extract::State, response::IntoResponse};
    /// # use handstamp_axum::{Auth, Error, Refresh};
    /// async fn refresh(
    ///     State(auth): State<Auth>,
    ///     token: Refresh,
    /// ) -> Result<impl IntoResponse, Error> {
    ///     let tokens = auth.refresh(token).await?;
    ///     Ok((auth.set_cookies(&tokens)?, "refreshed"))
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
    /// # use axum::{extract::State, response::IntoResponse};
    /// # use handstamp_axum::{Auth, Error, Refresh};
    /// # async fn scopes_of(_: &str) -> Vec<String> { Vec::new() }
    /// async fn refresh(
    ///     State(auth): State<Auth>,
    ///     token: Refresh,
    /// ) -> Result<impl IntoResponse, Error> {
    ///     let scopes = scopes_of(token.subject()).await; // as your database has them now
    ///     let tokens = auth.refresh_with(token, |new| new.scopes(scopes)).await?;
    ///     Ok((auth.set_cookies(&tokens)?, "refreshed"))
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
    /// # use axum::{extract::State, response::IntoResponse};
    /// # use handstamp_axum::{Access, Auth, Error};
    /// async fn step_up(
    ///     State(auth): State<Auth>,
    ///     token: Access,
    /// ) -> Result<impl IntoResponse, Error> {
    ///     // Check the password first.
    ///     let fresh = auth.reauthenticate(&token).await?;
    ///     Ok((auth.set_access_cookies(&fresh)?, "confirmed"))
    /// }
    /// ```
    ///
    /// # Errors
    /// When the session has ended, or the store does not answer, or for a mistake of the program.
    fn reauthenticate;

    /// Logs out, as [`handstamp::Auth::log_out`].
    ///
    /// ```
    /// # use axum::{extract::State, response::IntoResponse};
    /// # use handstamp_axum::{Auth, Error, LogOut};
    /// async fn logout(
    ///     State(auth): State<Auth>,
    ///     log_out: LogOut,
    /// ) -> Result<impl IntoResponse, Error> {
    ///     Ok((auth.log_out(log_out).await?, "bye"))
    /// }
    /// ```
    ///
    /// # Errors
    /// [`Error`] if the store does not answer. No cookie is deleted then.
    fn log_out;
}

/// Layers.
impl Auth {
    /// Returns a layer that passes on only requests with the token that `require` demands.
    /// Extractors behind it read the token that it verified.
    ///
    /// The layer for CORS must be outside of it: browsers send preflights without cookies, so they
    /// are rejected here, and then no page of another origin can call the routes.
    ///
    /// ```
    /// # use axum::{Router, routing::get};
    /// # use handstamp_axum::{Access, Auth, Config, Require};
    /// # let auth = Auth::new(Config::builder().secret_key([7; 32].as_slice()).build()?)?;
    /// let editors: Router = Router::new()
    ///     .route("/drafts", get(async |token: Access| token.subject().to_owned()))
    ///     .route_layer(auth.require(Require::access().any_scope(["posts:write"])))
    ///     .with_state(auth);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn require<P: Purpose>(&self, require: Require<P>) -> RequireLayer<P> {
        RequireLayer::new(self.0.clone(), require)
    }

    /// Returns a layer that passes on only requests that `by` permits, rules of the application or
    /// policies of `handstamp-cedar`. It verifies the access token, unless a layer of
    /// [`require`](Self::require) outside of it did, and then asks `by` what `ask` makes of the
    /// request's head. [`require_permission`](Self::require_permission) is the same in a handler,
    /// for what must be loaded first.
    ///
    /// ```
    /// # use axum::{Router, routing::get};
    /// # use handstamp_axum::handstamp::error::Denial;
    /// # use handstamp_axum::{Access, Auth, Authenticated, Authorize, Config, purpose};
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
    /// let reports: Router = Router::new()
    ///     .route("/reports", get(async |token: Access| token.subject().to_owned()))
    ///     .route_layer(auth.authorize(Staff, |_| ()))
    ///     .with_state(auth);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn authorize<A: Authorize<Q>, Q, F: Fn(&Parts) -> Q>(
        &self,
        by: A,
        ask: F,
    ) -> AuthorizeLayer<A, F> {
        AuthorizeLayer::new(self.0.clone(), by, ask)
    }

    /// Returns a layer that renews the access token of an active browser shortly before it expires.
    /// It may wrap a whole router: only requests that a layer of [`require`](Self::require) or an
    /// extractor admitted renew anything.
    ///
    /// ```
    /// # use axum::{Router, routing::get};
    /// # use handstamp_axum::{Access, Auth, Config};
    /// # let auth = Auth::new(Config::builder().secret_key([7; 32].as_slice()).build()?)?;
    /// let app: Router = Router::new()
    ///     .route("/", get("a public page, which renews nothing"))
    ///     .route("/me", get(async |token: Access| token.subject().to_owned()))
    ///     .layer(auth.implicit_refresh())
    ///     .with_state(auth);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn implicit_refresh(&self) -> ImplicitRefreshLayer {
        ImplicitRefreshLayer::new(self.0.clone())
    }

    /// Returns a layer that keeps responses to authenticated requests out of browser caches. Put it
    /// around a router whose handlers take tokens by extractors, or use
    /// [`implicit_refresh`](Self::implicit_refresh), which does this as well.
    ///
    /// With `HANDSTAMP_LOG_IN_PAGE` set, a browser that opens a page and is refused with 401 is
    /// redirected to the log-in page.
    ///
    /// ```
    /// # use axum::{Router, routing::get};
    /// # use handstamp_axum::{Access, Auth, Config};
    /// # let auth = Auth::new(Config::builder().secret_key([7; 32].as_slice()).build()?)?;
    /// let app: Router = Router::new()
    ///     .route("/me", get(async |token: Access| token.subject().to_owned()))
    ///     .layer(auth.no_store())
    ///     .with_state(auth);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Security
    /// A page that is the same for all users is not such a response, whatever its script shows. Its
    /// handler must say `Cache-Control: no-store` itself: otherwise the back button brings the page
    /// back as it was, for the next user of the computer too.
    #[must_use]
    pub fn no_store(&self) -> NoStoreLayer {
        NoStoreLayer::new()
    }

    /// Returns a layer for routes that demand no token, such as a log-in: it rejects requests that
    /// other sites make a browser send.
    ///
    /// ```
    /// # use axum::{Router, routing::post};
    /// # use handstamp_axum::{Auth, Config};
    /// # let config = Config::builder().secret_key([7; 32].as_slice());
    /// let auth = Auth::new(config.public_origin("https://app.example.com").build()?)?;
    /// let app: Router = Router::new()
    ///     .route("/login", post(async || "welcome"))
    ///     .route_layer(auth.same_origin());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn same_origin(&self) -> SameOriginLayer {
        SameOriginLayer::new(self.0.clone())
    }

    /// Returns a layer that limits how many requests a client, a user or a session may send in a
    /// time: see [`limit`](handstamp::limit). A request beyond a limit gets 429 `rate_limited` with
    /// `Retry-After`, and no cookie is touched.
    ///
    /// For limits by the address, serve the app with the addresses of its connections, and behind a
    /// proxy name it by [`trusted_proxies`](RateLimitLayer::trusted_proxies).
    ///
    /// ```no_run
    /// # use std::net::SocketAddr;
    /// # use axum::{Router, routing::post};
    /// # use handstamp_axum::{Auth, Config};
    /// use handstamp_axum::handstamp::limit::{Limit, Quota, RateLimits, TrustedProxies};
    ///
    /// # #[tokio::main]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let auth = Auth::new(Config::builder().secret_key([7; 32].as_slice()).build()?)?;
    /// let limits = RateLimits::in_memory([Limit::by_address("log-in", Quota::per_minute(10))])?;
    /// let proxies = TrustedProxies::new(["10.0.0.0/8".parse()?]);
    /// let app: Router = Router::new()
    ///     .route("/login", post(async || "welcome"))
    ///     .route_layer(auth.rate_limit(limits).trusted_proxies(proxies));
    /// let listener = tokio::net::TcpListener::bind("127.0.0.1:8000").await?;
    /// axum::serve(listener, app.into_make_service_with_connect_info::<SocketAddr>()).await?;
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn rate_limit(&self, limits: RateLimits) -> RateLimitLayer {
        RateLimitLayer::new(self.0.clone(), limits)
    }
}

/// Supports a shared state: `Router::with_state(Arc::new(app))`.
impl<S> FromRef<Arc<S>> for Auth
where
    Auth: FromRef<S>,
{
    fn from_ref(state: &Arc<S>) -> Self {
        Self::from_ref(&**state)
    }
}
