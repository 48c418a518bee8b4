use axum_core::extract::{FromRef, FromRequestParts, OptionalFromRequestParts};
use handstamp::adapter::optional;
use http::request::Parts;

use crate::{Auth, Error, Rejection};

handstamp::adapter::tokens! {
    /// The verified access token of a request. For an unsafe method with cookies, the CSRF value
    /// was checked too.
    ///
    /// `Option<Access>` is `None` only when the request has no token at all; an expired or
    /// otherwise invalid token is rejected with 401. A public page takes a
    /// [`Visitor`](crate::Visitor), and a log-out takes [`LogOut`](crate::LogOut).
    ///
    /// Behind a layer of [`Auth::require`] it is the token that the layer admitted; without one the
    /// extractor verifies it.
    ///
    /// ```
    /// # use axum::{Router, body::Body, extract::Request, routing::get};
    /// # use handstamp_axum::{Access, Auth, Config};
    /// # use tower::ServiceExt as _;
    /// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
    /// # let auth = Auth::new(Config::builder().secret_key([7; 32].as_slice()).build()?)?;
    /// async fn greet(token: Access) -> String {
    ///     format!("hello {}", token.subject())
    /// }
    ///
    /// let app = Router::new().route("/", get(greet)).with_state(auth.clone());
    ///
    /// let token = auth.create_access_token("user1")?;
    /// let cookie = format!("access_token_cookie={}", token.as_str());
    /// let request = Request::get("/").header("cookie", cookie).body(Body::empty())?;
    /// assert_eq!(app.clone().oneshot(request).await?.status(), 200);
    /// assert_eq!(app.oneshot(Request::new(Body::empty())).await?.status(), 401);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct Access;

    /// The verified refresh token of a request.
    ///
    /// ```
    /// # use axum::extract::{Request, State};
    /// # use axum::{Router, body::Body, response::IntoResponse, routing::post};
    /// # use handstamp_axum::{Auth, Config, Error, Refresh};
    /// # use tower::ServiceExt as _;
    /// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
    /// # let auth = Auth::new(Config::builder().secret_key([7; 32].as_slice()).build()?)?;
    /// async fn refresh(
    ///     State(auth): State<Auth>,
    ///     token: Refresh,
    /// ) -> Result<impl IntoResponse, Error> {
    ///     let access = auth.create_access_token(&token)?;
    ///     Ok((auth.set_access_cookies(&access)?, "refreshed"))
    /// }
    ///
    /// let app = Router::new().route("/refresh", post(refresh)).with_state(auth.clone());
    ///
    /// let token = auth.create_refresh_token("user1")?;
    /// let request = Request::post("/refresh")
    ///     .header("cookie", format!("refresh_token_cookie={}", token.as_str()))
    ///     .header("x-csrf-token", token.csrf().unwrap_or_default())
    ///     .body(Body::empty())?;
    /// assert_eq!(app.oneshot(request).await?.status(), 200);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct Refresh;

    /// An access token that was issued at a log-in, not by a refresh, for routes such as the change
    /// of a password. Tokens of [`Auth::log_in`] are fresh, and so are those that are issued with
    /// [`NewToken::fresh`] after a password was checked.
    ///
    /// ```
    /// # use axum::{Router, body::Body, extract::Request, routing::get};
    /// # use handstamp_axum::{Auth, Config, Fresh, NewToken};
    /// # use tower::ServiceExt as _;
    /// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
    /// # let auth = Auth::new(Config::builder().secret_key([7; 32].as_slice()).build()?)?;
    /// let app = Router::new()
    ///     .route("/account", get(async |token: Fresh| token.subject().to_owned()))
    ///     .with_state(auth.clone());
    ///
    /// let at_log_in = auth.create_access_token(NewToken::for_subject("user1").fresh())?;
    /// let by_refresh = auth.create_access_token("user1")?;
    /// for (token, status) in [(at_log_in, 200), (by_refresh, 401)] {
    ///     let cookie = format!("access_token_cookie={}", token.as_str());
    ///     let request = Request::get("/account").header("cookie", cookie).body(Body::empty())?;
    ///     assert_eq!(app.clone().oneshot(request).await?.status(), status);
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct Fresh;

    /// The visitor of a page that is open to everyone: the access token of the request, if it is
    /// valid.
    ///
    /// A visitor without a token is anonymous, and one with a dead token too: malformed, forged,
    /// expired, revoked, signed by a former key, or of several users. A cookie that a browser keeps
    /// from long ago must not close a public page. [`rejection`](Self::rejection) returns the
    /// reason, so that a page can start a refresh. A good token is still rejected without the CSRF
    /// value of a request that changes something, and a store that does not answer is 503.
    ///
    /// `Option<Access>` rejects a dead token, so that the client refreshes first.
    ///
    /// ```
    /// # use axum::{Router, body::Body, extract::Request, routing::get};
    /// # use handstamp_axum::{Auth, Config, Visitor};
    /// # use tower::ServiceExt as _;
    /// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
    /// # let auth = Auth::new(Config::builder().secret_key([7; 32].as_slice()).build()?)?;
    /// async fn front_page(visitor: Visitor) -> String {
    ///     match visitor.token() {
    ///         Some(token) => format!("welcome back, {}", token.subject()),
    ///         None => "welcome, please log in".to_owned(),
    ///     }
    /// }
    ///
    /// let app = Router::new().route("/", get(front_page)).with_state(auth);
    /// let request = Request::get("/").header("cookie", "access_token_cookie=of-last-year");
    /// assert_eq!(app.oneshot(request.body(Body::empty())?).await?.status(), 200);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct Visitor;
}

macro_rules! extractors {
    ($($token:ident => $authenticate:path;)+) => {$(
        impl<S> FromRequestParts<S> for $token
        where
            Auth: FromRef<S>,
            S: Send + Sync,
        {
            type Rejection = Rejection;

            async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Rejection> {
                Ok(Self($authenticate(&Auth::from_ref(state), parts).await?))
            }
        }
    )+};
}

extractors! {
    Access => handstamp_tower::access;
    Refresh => handstamp_tower::refresh;
    Fresh => handstamp_tower::fresh;
}

impl<S> OptionalFromRequestParts<S> for Access
where
    Auth: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Option<Self>, Rejection> {
        let token = handstamp_tower::access(&Auth::from_ref(state), parts).await;
        Ok(optional(token)?.map(Self))
    }
}

impl<S> FromRequestParts<S> for Visitor
where
    Auth: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Rejection> {
        let judged = handstamp_tower::visitor(&Auth::from_ref(state), parts).await?;
        Ok(Self(judged.map(Access::from).map_err(Rejection::from)))
    }
}
