use std::net::IpAddr;
use std::ops::Deref;
use std::time::Duration;

use axum_core::extract::{FromRef, FromRequestParts};
use handstamp::session;
use handstamp_tower::Head;
use http::request::Parts;

use crate::{Access, Auth, Rejection};

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
#[derive(Debug, Clone)]
#[must_use = "give it to `log_in`"]
pub struct ClientInfo(session::ClientInfo);

impl ClientInfo {
    /// Sets the address. Behind a trusted proxy, pass the address that the proxy reports.
    pub fn ip(self, ip: impl Into<IpAddr>) -> Self {
        Self(self.0.ip(ip))
    }

    /// Sets the name that the user gave the device.
    pub fn label(self, label: impl AsRef<str>) -> Self {
        Self(self.0.label(label))
    }

    /// Makes the session's cookies persistent ("remember me"): the browser keeps them for this long
    /// after each refresh, also when it is closed. At most 400 days.
    pub fn persistent(self, lifetime: Duration) -> Self {
        Self(self.0.persistent(lifetime))
    }

    /// Makes the session's cookies session cookies: the browser drops them when it is closed.
    pub fn session(self) -> Self {
        Self(self.0.session())
    }
}

impl<S> FromRequestParts<S> for ClientInfo
where
    Auth: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        Ok(Self(
            Auth::from_ref(state).client_info(&Head::from(&*parts)),
        ))
    }
}

/// Converts the description of a client that no extractor has read.
impl From<session::ClientInfo> for ClientInfo {
    fn from(client: session::ClientInfo) -> Self {
        Self(client)
    }
}

impl From<ClientInfo> for session::ClientInfo {
    fn from(client: ClientInfo) -> Self {
        client.0
    }
}

/// A request to log out: its access or refresh token, expired or not, with the CSRF value of one of
/// them. A request without a genuine token is accepted too, because it has no session to end.
///
/// See [`Auth::log_out`].
#[derive(Debug)]
#[must_use = "the user is logged out only by `log_out`"]
pub struct LogOut(session::LogOut);

impl<S> FromRequestParts<S> for LogOut
where
    Auth: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Rejection> {
        let log_out = Auth::from_ref(state).authenticate_log_out(&Head::from(&*parts))?;
        Ok(Self(log_out))
    }
}

/// Converts a request that no extractor has read:
/// [`authenticate_log_out`](handstamp::Auth::authenticate_log_out).
impl From<session::LogOut> for LogOut {
    fn from(log_out: session::LogOut) -> Self {
        Self(log_out)
    }
}

impl From<LogOut> for session::LogOut {
    fn from(log_out: LogOut) -> Self {
        log_out.0
    }
}

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
#[derive(Debug, Clone)]
pub struct Session(session::Session);

impl<S> FromRequestParts<S> for Session
where
    Auth: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Rejection> {
        let token = Access::from_request_parts(parts, state).await?;
        Ok(Self(Auth::from_ref(state).session(&token).await?))
    }
}

impl Deref for Session {
    type Target = session::Session;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}
