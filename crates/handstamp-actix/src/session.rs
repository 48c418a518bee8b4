use handstamp::adapter::RequestState;

use crate::auth::find;
use crate::extract::{extractors, judge};
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

    /// The session of a request, for the page that asks who is logged in: `GET /session`. Answer
    /// with it as JSON, behind [`Auth::no_store`](crate::Auth::no_store); it serializes as
    /// `subject`, `expires_in`, `csrf`, `fresh`, `scopes` and `session_id`
    /// ([`session::SessionInfo`](handstamp::session::SessionInfo)).
    ///
    /// `subject` is `null` only where the request has no cookie of ours. An expired token is
    /// rejected with 401, and so is a request with the refresh cookie alone: the client refreshes,
    /// and asks again.
    ///
    /// ```
    /// # use actix_web::{App, test, web};
    /// # use handstamp_actix::{Auth, Config, SessionInfo};
    /// # actix_web::rt::System::new().block_on(async {
    /// # let auth = Auth::new(Config::builder().secret_key([7; 32].as_slice()).build()?)?;
    /// let session = async |session: SessionInfo| web::Json(session);
    /// let app = App::new()
    ///     .wrap(auth.no_store())
    ///     .app_data(auth.clone())
    ///     .route("/session", web::get().to(session));
    /// let app = test::init_service(app).await;
    ///
    /// let stranger = test::TestRequest::with_uri("/session").to_request();
    /// assert_eq!(test::call_service(&app, stranger).await.status(), 200);
    /// let refresh = auth.create_refresh_token("user1")?;
    /// let cookie = format!("refresh_token_cookie={}", refresh.as_str());
    /// let request = test::TestRequest::with_uri("/session").insert_header(("cookie", cookie));
    /// assert_eq!(test::call_service(&app, request.to_request()).await.status(), 401);
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

extractors! {
    ClientInfo, request =>
    Ok(find(&request)?.client_info(&Head::from(&request)));

    LogOut, request => {
        let log_out = find(&request)?.0.authenticate_log_out(&Head::from(&request));
        Ok(Self(log_out.map_err(Rejection::from)?))
    };

    Session, request => {
        let token = Access::extract(&request).await?;
        let session = find(&request)?.0.session(&token).await;
        Ok(Self(session.map_err(Rejection::from)?))
    };

    SessionInfo, request =>
    judge(&request, RequestState::session_info, |info| info.map(Self)).await;
}
