use std::future::{Ready, ready};
use std::net::IpAddr;
use std::ops::Deref;
use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use handstamp::session;

use crate::extract::Extracted;
use crate::{Access, Head, Rejection, auth};

/// The client that logs in, as the request tells: its browser, and the session it is in, which the
/// log-in replaces. What more you know, such as its address, is added.
///
/// ```
/// # use actix_web::{HttpRequest, Responder};
/// # use handstamp_actix::{Auth, Error, ClientInfo, days};
/// async fn login(
///     auth: Auth,
///     request: HttpRequest,
///     client: ClientInfo,
/// ) -> Result<impl Responder, Error> {
///     // Check the password first.
///     let mut client = client.persistent(days(30)); // "remember me"
///     if let Some(peer) = request.peer_addr() {
///         client = client.ip(peer.ip());
///     }
///     let tokens = auth.log_in("user1", client).await?;
///     Ok(auth.set_cookies(&tokens)?.on("welcome"))
/// }
/// ```
#[derive(Debug, Clone)]
#[must_use = "give it to `log_in`"]
pub struct ClientInfo(session::ClientInfo);

impl ClientInfo {
    /// Its address. Behind a proxy, the one that the proxy tells, if you trust it.
    pub fn ip(self, ip: impl Into<IpAddr>) -> Self {
        Self(self.0.ip(ip))
    }

    /// What the user calls it.
    pub fn label(self, label: impl AsRef<str>) -> Self {
        Self(self.0.label(label))
    }

    /// The browser keeps the session's cookies this long after each refresh, also when it is
    /// closed: "remember me". At most 400 days.
    pub fn persistent(self, lifetime: Duration) -> Self {
        Self(self.0.persistent(lifetime))
    }

    /// The browser drops the session's cookies when it is closed.
    pub fn session(self) -> Self {
        Self(self.0.session())
    }
}

impl FromRequest for ClientInfo {
    type Error = actix_web::Error;
    type Future = Ready<actix_web::Result<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let client = auth::find(request).map(|auth| auth.client_info(&Head::from(request)));
        ready(client.map(Self).map_err(Into::into))
    }
}

/// Of a client that no extractor has read.
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

/// A request that may log out: its access or refresh token, expired or not, with the CSRF value of
/// one of them. Without a token that counts there is no session to end, and it is admitted all
/// the same.
///
/// See [`Auth::log_out`](crate::Auth::log_out).
#[derive(Debug)]
#[must_use = "no session ends before it is given to `log_out`"]
pub struct LogOut(session::LogOut);

impl FromRequest for LogOut {
    type Error = actix_web::Error;
    type Future = Ready<actix_web::Result<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let log_out = || {
            let log_out = auth::find(request)?.authenticate_log_out(&Head::from(request));
            Ok(Self(log_out.map_err(Rejection::from)?))
        };
        ready(log_out())
    }
}

/// Of a request that no extractor has read:
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
/// Costs a look at the store in addition to that for the token: for pages about sessions.
///
/// ```
/// # use handstamp_actix::Session;
/// async fn this_device(session: Session) -> String {
///     let since = session.created_at().as_secs();
///     format!("{} since {since}", session.label().unwrap_or("a device"))
/// }
/// ```
#[derive(Debug, Clone)]
pub struct Session(session::Session);

impl FromRequest for Session {
    type Error = actix_web::Error;
    type Future = Extracted<Self>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let token = Access::extract(&request).await?;
            let session = auth::find(&request)?.session(&token).await;
            Ok(Self(session.map_err(Rejection::from)?))
        })
    }
}

impl Deref for Session {
    type Target = session::Session;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}
