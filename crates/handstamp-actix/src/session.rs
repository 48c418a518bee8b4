use crate::auth::find;
use crate::extract::extractor;
use crate::{Access, Head, Rejection};

handstamp::adapter::sessions! {
    /// The client that logs in, as the request describes it: its browser, and its current session,
    /// which the log-in replaces. Further details, such as the address, are added by methods.
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
    pub struct ClientInfo;

    /// A request to log out: its access or refresh token, expired or not, with the CSRF value of
    /// one of them. A request without a genuine token is accepted from a page of the service or a
    /// program: it ends no session
    /// ([`ends_nothing`](handstamp::session::LogOut::ends_nothing)), and all cookies are deleted.
    ///
    /// See [`Auth::log_out`](crate::Auth::log_out).
    pub struct LogOut;

    /// The session of the request's access token, from the store.
    ///
    /// It costs one read of the store in addition to that for the token, so it is for pages about
    /// sessions.
    ///
    /// ```
    /// # use handstamp_actix::Session;
    /// async fn this_device(session: Session) -> String {
    ///     let since = session.created_at().as_secs();
    ///     format!("{} since {since}", session.label().unwrap_or("a device"))
    /// }
    /// ```
    pub struct Session;
}

extractor! {
    ClientInfo, request =>
    Ok(find(&request)?.client_info(&Head::from(&request)))
}

extractor! {
    LogOut, request => {
        let log_out = find(&request)?.0.authenticate_log_out(&Head::from(&request));
        Ok(Self(log_out.map_err(Rejection::from)?))
    }
}

extractor! {
    Session, request => {
        let token = Access::extract(&request).await?;
        let session = find(&request)?.0.session(&token).await;
        Ok(Self(session.map_err(Rejection::from)?))
    }
}
