//! The answers of the ready routes, which adapters offer: calls of the methods of `Auth`.

use super::Auth;
use crate::adapter::route::{logged_out, names, others_revoked, refreshed, session_revoked};
use crate::adapter::{Authenticating, RequestState, Route, RouteResponse};
use crate::error::{AuthError, Rejection};
use crate::purpose::{Access, Refresh};
use crate::request::RequestHead;
use crate::session::LogOut;
use crate::store::{BoxFuture, SessionId};

impl RequestState {
    /// Answers a request for a ready route. `session` is the parameter of its path; for a route
    /// without one it is not read.
    ///
    /// ```
    /// use handstamp::adapter::{RequestState, Route};
    /// # use handstamp::{Auth, Config, RequestHead};
    /// # struct Get;
    /// # impl RequestHead for Get {
    /// #     fn method(&self) -> &str { "GET" }
    /// #     fn header_values(&self, _: &str) -> impl Iterator<Item = &[u8]> { std::iter::empty() }
    /// #     fn query(&self) -> Option<&str> { None }
    /// # }
    /// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
    /// # let auth = Auth::new(Config::builder().secret_key([7; 32].as_slice()).build()?)?;
    /// let response = RequestState::default().answer(&auth, Route::Names, "", &Get).await?;
    /// assert!(response.into_body().contains(r#""csrf_header":"X-CSRF-TOKEN""#));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// What the route answers instead: a rejection, or 500 for a bug in the application, such as a
    /// token that is too long for a cookie.
    pub fn answer<R: RequestHead>(
        &self,
        auth: &Auth,
        route: Route,
        session: &str,
        head: &R,
    ) -> BoxFuture<'static, Result<RouteResponse, AuthError>> {
        // Every response has its own header for caches, so no layer is missed.
        drop(self.caching());
        let by = auth.clone();
        match route {
            Route::Refresh => Box::pin(refresh(by, self.refresh(auth, head))),
            Route::LogOut => Box::pin(log_out(by, auth.authenticate_log_out(head))),
            Route::Session => {
                let info = self.session_info(auth, head);
                Box::pin(async { Ok(RouteResponse::json(&info.await?)) })
            }
            Route::Sessions => Box::pin(list(by, self.access(auth, head))),
            Route::RevokeOtherSessions => Box::pin(revoke_others(by, self.access(auth, head))),
            Route::RevokeSession => Box::pin(revoke(
                by,
                self.access(auth, head),
                SessionId::from(session),
            )),
            Route::Names => {
                let names = RouteResponse::json(&names(auth.config()));
                Box::pin(async { Ok(names) })
            }
        }
    }
}

async fn refresh(auth: Auth, token: Authenticating<Refresh>) -> Result<RouteResponse, AuthError> {
    let tokens = auth.refresh(&*token.await?).await?;
    let cookies = auth.set_cookies(&tokens)?;
    Ok(RouteResponse::json(&refreshed(&tokens)).with(cookies))
}

async fn log_out(
    auth: Auth,
    log_out: Result<LogOut, Rejection>,
) -> Result<RouteResponse, AuthError> {
    let log_out = log_out?;
    let ends_nothing = log_out.ends_nothing();
    let cookies = auth.log_out(log_out).await?;
    let body = logged_out(ends_nothing, &cookies);
    Ok(RouteResponse::json(&body).with(cookies))
}

async fn list(auth: Auth, token: Authenticating<Access>) -> Result<RouteResponse, AuthError> {
    let sessions = auth.sessions(&*token.await?).await?;
    Ok(RouteResponse::json(&sessions))
}

async fn revoke_others(
    auth: Auth,
    token: Authenticating<Access>,
) -> Result<RouteResponse, AuthError> {
    let revoked = auth.revoke_other_sessions(&*token.await?).await?;
    Ok(RouteResponse::json(&others_revoked(revoked)))
}

/// The session of another user is answered as one that does not exist.
async fn revoke(
    auth: Auth,
    token: Authenticating<Access>,
    session: SessionId,
) -> Result<RouteResponse, AuthError> {
    if !auth.revoke_session(&*token.await?, &session).await? {
        return Err(auth
            .refuse(404, "no_such_session", "No such session")
            .into());
    }
    Ok(RouteResponse::json(&session_revoked()))
}
