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
