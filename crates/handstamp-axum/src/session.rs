use axum_core::extract::{FromRef, FromRequestParts};
use handstamp_tower::Head;
use http::request::Parts;

use crate::{Access, Auth, Rejection};

handstamp::adapter::sessions! {
    /// The client that logs in, as the request describes it: its browser, and its current session,
    /// which the log-in replaces. Further details, such as the address, are added by methods.
    ///
    /// ```
    /// # use std::net::SocketAddr;
    /// # use axum::extract::{ConnectInfo, State};
    /// # use axum::response::IntoResponse;
    /// # use handstamp_axum::{Auth, Error, ClientInfo, days};
    /// async fn login(
    ///     State(auth): State<Auth>,
    ///     ConnectInfo(peer): ConnectInfo<SocketAddr>,
    ///     client: ClientInfo,
    /// ) -> Result<impl IntoResponse, Error> {
    ///     // Check the password first.
    ///     let client = client.ip(peer.ip()).persistent(days(30)); // "remember me"
    ///     let tokens = auth.log_in("user1", client).await?;
    ///     Ok((auth.set_cookies(&tokens)?, "welcome"))
    /// }
    /// ```
    ///
    /// The address is never taken by itself: behind a proxy, that of the peer is the proxy's, and
    /// only the application knows which header of its proxy to believe. Without a proxy it is in
    /// axum's `ConnectInfo`, as above, which only exists if the server is started with it:
    ///
    /// ```no_run
    /// # use std::net::SocketAddr;
    /// # use axum::Router;
    /// # async fn serve(app: Router, listener: tokio::net::TcpListener) -> std::io::Result<()> {
    /// axum::serve(listener, app.into_make_service_with_connect_info::<SocketAddr>()).await
    /// # }
    /// ```
    ///
    /// Otherwise axum answers 500, "Missing request extension". In tests, requests of the browser
    /// of the feature `testing` have one.
    pub struct ClientInfo;

    /// A request to log out: its access or refresh token, expired or not, with the CSRF value of
    /// one of them. A request without a genuine token is accepted from a page of the service or a
    /// program: it ends no session
    /// ([`ends_nothing`](handstamp::session::LogOut::ends_nothing)), and all cookies are deleted.
    ///
    /// See [`Auth::log_out`].
    pub struct LogOut;

    /// The session of the request's access token, from the store.
    ///
    /// It costs one read of the store in addition to that for the token, so it is for pages about
    /// sessions.
    ///
    /// ```
    /// # use handstamp_axum::Session;
    /// async fn this_device(session: Session) -> String {
    ///     let since = session.created_at().as_secs();
    ///     format!("{} since {since}", session.label().unwrap_or("a device"))
    /// }
    /// ```
    pub struct Session;

    /// The session of a request, for the page that asks who is logged in: `GET /session`. Answer
    /// with it as JSON, behind [`Auth::no_store`]; it serializes as `subject`, `expires_in`,
    /// `csrf`, `fresh`, `scopes` and `session_id`
    /// ([`session::SessionInfo`](handstamp::session::SessionInfo)).
    ///
    /// `subject` is `null` only where the request has no cookie of ours. An expired token is
    /// rejected with 401, and so is a request with the refresh cookie alone: the client refreshes,
    /// and asks again.
    ///
    /// ```
    /// # use axum::{Json, Router, body::Body, extract::Request, routing::get};
    /// # use handstamp_axum::{Auth, Config, SessionInfo};
    /// # use tower::ServiceExt as _;
    /// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
    /// # let auth = Auth::new(Config::builder().secret_key([7; 32].as_slice()).build()?)?;
    /// let app = Router::new()
    ///     .route("/session", get(async |session: SessionInfo| Json(session)))
    ///     .layer(auth.no_store())
    ///     .with_state(auth.clone());
    ///
    /// let stranger = Request::get("/session").body(Body::empty())?;
    /// assert_eq!(app.clone().oneshot(stranger).await?.status(), 200);
    /// let refresh = auth.create_refresh_token("user1")?;
    /// let cookie = format!("refresh_token_cookie={}", refresh.as_str());
    /// let request = Request::get("/session").header("cookie", cookie).body(Body::empty())?;
    /// assert_eq!(app.oneshot(request).await?.status(), 401);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Security
    /// The answer has the CSRF value. Do not let other origins read it: a CORS policy with
    /// credentials lists exact origins.
    pub struct SessionInfo;
}

impl<S> FromRequestParts<S> for ClientInfo
where
    Auth: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        Ok(Auth::from_ref(state).client_info(&Head::from(&*parts)))
    }
}

impl<S> FromRequestParts<S> for LogOut
where
    Auth: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Rejection> {
        let Auth(auth) = Auth::from_ref(state);
        Ok(Self(auth.authenticate_log_out(&Head::from(&*parts))?))
    }
}

impl<S> FromRequestParts<S> for Session
where
    Auth: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Rejection> {
        let token = Access::from_request_parts(parts, state).await?;
        let Auth(auth) = Auth::from_ref(state);
        Ok(Self(auth.session(&token).await?))
    }
}

impl<S> FromRequestParts<S> for SessionInfo
where
    Auth: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Rejection> {
        let info = handstamp_tower::session_info(&Auth::from_ref(state), parts).await?;
        Ok(Self(info))
    }
}
