//! Extractors that take the body: for tokens in JSON, and CSRF values in forms.

use std::sync::Arc;

use actix_web::dev::Payload;
use actix_web::http::{StatusCode, Version};
use actix_web::web::Bytes;
use actix_web::{FromRequest, HttpRequest};
use handstamp::adapter::{self, JudgingHead, RequestState};
use handstamp::body::{OwnedFile, RequestBody};
use handstamp::error::{self, BodyError};
use handstamp::purpose::Purpose;
use handstamp::{Authenticated, RequestHead as _};
use serde::de::DeserializeOwned;

use crate::auth::find;
use crate::extract::extractors;
use crate::verified::with_state;
use crate::{Access, Head, LogOut, Refresh, Rejection};

handstamp::adapter::bodies! {
    /// The access token of a request, and its JSON body. The token may be in the body, where `json`
    /// is among `JWT_TOKEN_LOCATION`.
    ///
    /// ```
    /// # use actix_web::{App, test, web};
    /// # use handstamp_actix::{AccessJson, Auth, Config, Location};
    /// # actix_web::rt::System::new().block_on(async {
    /// #[derive(serde::Deserialize)]
    /// struct NewPost { title: String }
    ///
    /// async fn create(AccessJson { token, json: post }: AccessJson<NewPost>) -> String {
    ///     format!("{} by {}", post.title, token.subject())
    /// }
    ///
    /// # let config = Config::builder()
    /// #     .secret_key([7; 32].as_slice())
    /// #     .token_locations([Location::Json]);
    /// # let auth = Auth::new(config.build()?)?;
    /// let app = App::new().app_data(auth.clone()).route("/posts", web::post().to(create));
    /// let app = test::init_service(app).await;
    ///
    /// let token = auth.create_access_token("user1")?;
    /// let body = format!(r#"{{"access_token": "{}", "title": "Hello"}}"#, token.as_str());
    /// let request = test::TestRequest::post()
    ///     .uri("/posts")
    ///     .insert_header(("content-type", "application/json"));
    /// let request = request.set_payload(body).to_request();
    /// assert_eq!(test::call_and_read_body(&app, request).await, "Hello by user1");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// The body is read up to the limit of `web::PayloadConfig`. No body at all is `null`, so
    /// `Option<NewPost>` may be `None`.
    ///
    /// What the head decides is decided before the body is asked for: a request that is rejected
    /// for its token, its sender or its CSRF header is answered at once, and its connection is
    /// closed. actix-web itself answers `Expect: 100-continue`, before any handler runs. What the
    /// client still sends, actix-web discards: for the time of
    /// `HttpServer::client_disconnect_timeout`, and a chunked body to its end.
    ///
    /// A body that does not fit is rejected with 400, 413, 415 or 422
    /// ([`Auth::refuse_body`](handstamp::Auth::refuse_body)).
    ///
    /// # Security
    /// Do not use it behind a middleware of [`Auth::require`](crate::Auth::require), which cannot
    /// see the body: there it has the token that the middleware admitted, and a warning is logged.
    pub struct AccessJson<T>;

    /// The access token of a request, and the form that it sends, urlencoded or multipart. The CSRF
    /// value may be in the form, where `JWT_CSRF_CHECK_FORM` says so.
    ///
    /// ```
    /// # use actix_web::{App, test, web};
    /// # use handstamp_actix::{AccessForm, Auth, Config};
    /// # actix_web::rt::System::new().block_on(async {
    /// #[derive(serde::Deserialize)]
    /// struct NewPost {
    ///     title: String,
    ///     #[serde(default)]
    ///     tag: Vec<String>, // boxes to tick
    /// }
    ///
    /// async fn create(AccessForm { token, form: post, files }: AccessForm<NewPost>) -> String {
    ///     let (tags, files) = (post.tag.len(), files.len());
    ///     format!("{} by {}, {tags} tags, {files} files", post.title, token.subject())
    /// }
    ///
    /// # let config = Config::builder().secret_key([7; 32].as_slice()).csrf_check_form(true);
    /// # let auth = Auth::new(config.build()?)?;
    /// let app = App::new().app_data(auth.clone()).route("/posts", web::post().to(create));
    /// let app = test::init_service(app).await;
    ///
    /// let token = auth.create_access_token("user1")?;
    /// let csrf = token.csrf().unwrap_or_default();
    /// let form = format!("csrf_token={csrf}&title=Hello&tag=rust&tag=web");
    /// let request = test::TestRequest::post()
    ///     .uri("/posts")
    ///     .insert_header(("cookie", format!("access_token_cookie={}", token.as_str())))
    ///     .insert_header(("content-type", "application/x-www-form-urlencoded"))
    ///     .set_payload(form);
    /// let body = test::call_and_read_body(&app, request.to_request()).await;
    /// assert_eq!(body, "Hello by user1, 2 tags, 0 files");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// The body is read after the head was judged, as for [`AccessJson`]. Only the CSRF value may
    /// be missing then, if the settings let a form have it.
    ///
    /// It is read up to the limit of `web::PayloadConfig`, files and all; large files are
    /// better streamed, with the CSRF value in the header. What goes into the hidden field is
    /// [`masked_csrf`](handstamp::Auth::masked_csrf).
    ///
    /// # Security
    /// As for [`AccessJson`]: not behind a middleware.
    pub struct AccessForm<T>;

    /// The refresh token of a request, from its JSON body where `json` is among
    /// `JWT_TOKEN_LOCATION`: `{"refresh_token": "…"}`, as programs that keep tokens themselves send
    /// it.
    ///
    /// ```
    /// # use actix_web::web::Json;
    /// # use handstamp_actix::{Auth, Error, RefreshJson, TokenPair};
    /// async fn refresh(
    ///     auth: Auth,
    ///     RefreshJson { token, .. }: RefreshJson,
    /// ) -> Result<Json<TokenPair>, Error> {
    ///     Ok(Json(auth.refresh(token).await?))
    /// }
    /// ```
    ///
    /// Browsers that send the token in its cookie need no body.
    ///
    /// # Security
    /// As for [`AccessJson`]: not behind a middleware.
    pub struct RefreshJson<T>;

    /// A request to log out whose body is read too: as [`LogOut`], with the CSRF value in a form or
    /// the token in JSON, where the settings allow it.
    ///
    /// ```
    /// # use actix_web::{Responder, web::Redirect};
    /// # use handstamp_actix::{Auth, Error, LogOutBody};
    /// // <form method="post" action="/logout"><input type="hidden" name="csrf_token" value="…">
    /// async fn logout(
    ///     auth: Auth,
    ///     LogOutBody(log_out): LogOutBody,
    /// ) -> Result<impl Responder, Error> {
    ///     Ok(auth.log_out(log_out).await?.on(Redirect::to("/").see_other()))
    /// }
    /// ```
    pub struct LogOutBody;
}

/// A file of a form. Name and media type are stated by the client: check the content, and never use
/// the name as a path.
pub type UploadedFile = OwnedFile<Bytes>;

extractors! {
    AccessJson<T> where [T: DeserializeOwned + 'static], request, payload =>
    with_body(&request, &mut payload, RequestState::access_before_body, Self::read).await;

    AccessForm<T> where [T: DeserializeOwned + 'static], request, payload =>
    with_body(&request, &mut payload, RequestState::access_before_body, Self::read).await;

    RefreshJson<T> where [T: DeserializeOwned + 'static], request, payload =>
    with_body(&request, &mut payload, RequestState::refresh_before_body, Self::read).await;

    LogOutBody, request, payload => {
        let auth = &find(&request)?.0;
        let by_head = auth.authenticate_log_out_before_body(Head::from(&request));
        if let Some(log_out) = by_head.map_err(|rejection| closing(rejection, &request))? {
            return Ok(Self(log_out.into()));
        }
        let bytes = collect(&request, &mut payload, auth).await?;
        let whole = Head::from(&request).with_body(&bytes);
        let log_out = auth.authenticate_log_out(&whole).map_err(Rejection::from)?;
        Ok(Self(log_out.into()))
    };
}

/// Judges the head, waits for the body, judges the token with it, and only then reads what the
/// handler takes: a client that is refused for its token learns nothing about the content.
async fn with_body<'r, P: Purpose, T>(
    request: &'r HttpRequest,
    payload: &mut Payload,
    ask: impl FnOnce(&RequestState, &handstamp::Auth, &str, Head<'r>) -> JudgingHead<P>,
    finish: impl FnOnce(Arc<Authenticated<P>>, &RequestBody<'_>, &Bytes) -> Result<T, BodyError>,
) -> actix_web::Result<T> {
    let (auth, path, head) = (find(request)?, request.path(), Head::from(request));
    let judging = with_state(request, |state| ask(state, auth, path, head));
    let judged = judging.await;
    let awaits_body = judged.map_err(|rejection| closing(rejection, request))?;
    let bytes = collect(request, payload, auth).await?;
    let whole = head.with_body(&bytes);
    let token = awaits_body
        .with_body(&whole)
        .await
        .map_err(Rejection::from)?;
    Ok(finish(token, whole.body(), &bytes).map_err(|error| auth.refuse_body(error))?)
}

/// Reads a body to its end, unless it is over the limit of actix-web, or the client goes away.
async fn collect(
    request: &HttpRequest,
    payload: &mut Payload,
    auth: &handstamp::Auth,
) -> Result<Bytes, Rejection> {
    let bytes = Bytes::from_request(request, payload).await;
    bytes.map_err(|error| {
        let status = error.as_response_error().status_code();
        let error = if status == StatusCode::PAYLOAD_TOO_LARGE {
            BodyError::TooLarge
        } else {
            BodyError::Malformed("The body ended before it was complete".to_owned())
        };
        auth.refuse_body(error).into()
    })
}

/// Of a request whose body is never read: the connection cannot be used for another. actix-web
/// drains it for as long as `HttpServer::client_disconnect_timeout` says, and a chunked body to its
/// end, however long that takes.
fn closing(rejection: error::Rejection, request: &HttpRequest) -> Rejection {
    let is_http1 = request.version() < Version::HTTP_2;
    adapter::closing(rejection, &Head::from(request), is_http1).into()
}
