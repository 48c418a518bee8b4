//! Extractors that take the body: for tokens in JSON, and CSRF values in forms.

use axum_core::body::Body;
use axum_core::extract::rejection::BytesRejection;
use axum_core::extract::{FromRef, FromRequest, Request};
use bytes::Bytes;
use handstamp::RequestHead as _;
use handstamp::body::{OwnedFile, WithBody};
use handstamp::error::{self, BodyError};
use handstamp_tower::{Head, access_before_body, drain, log_out_before_body, refresh_before_body};
use http::StatusCode;
use http::request::Parts;
use serde::de::DeserializeOwned;

use crate::{Access, Auth, Error, LogOut, Refresh};

handstamp::adapter::bodies! {
    /// The access token of a request, and its JSON body. The token may be in the body, where `json`
    /// is among `JWT_TOKEN_LOCATION`.
    ///
    /// ```
    /// # use axum::{Router, body::Body, extract::Request, routing::post};
    /// # use handstamp_axum::{AccessJson, Auth, Config, Location};
    /// # use tower::ServiceExt as _;
    /// #[derive(serde::Deserialize)]
    /// struct NewPost { title: String }
    ///
    /// async fn create(AccessJson { token, json: post }: AccessJson<NewPost>) -> String {
    ///     format!("{} by {}", post.title, token.subject())
    /// }
    ///
    /// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
    /// # let config = Config::builder()
    /// #     .secret_key([7; 32].as_slice())
    /// #     .token_locations([Location::Json]);
    /// # let auth = Auth::new(config.build()?)?;
    /// let app = Router::new().route("/posts", post(create)).with_state(auth.clone());
    ///
    /// let token = auth.create_access_token("user1")?;
    /// let body = format!(r#"{{"access_token": "{}", "title": "Hello"}}"#, token.as_str());
    /// let request = Request::post("/posts")
    ///     .header("content-type", "application/json")
    ///     .body(Body::from(body))?;
    /// assert_eq!(app.oneshot(request).await?.status(), 200);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// The body is read up to axum's `DefaultBodyLimit`. No body at all is `null`, so
    /// `Option<NewPost>` may be `None`.
    ///
    /// What the head decides is decided before the body is asked for: a request that is rejected
    /// for its token, its sender or its CSRF header gets no `100 Continue`, its connection is
    /// closed after the response, and of a body that its client still sends 256 KiB at most are
    /// read and discarded.
    ///
    /// # Security
    /// Do not use it behind a layer of [`Auth::require`], which cannot see the body: there it has
    /// the token that the layer admitted, and a warning is logged.
    pub struct AccessJson<T>;

    /// The access token of a request, and the form that it sends, urlencoded or multipart. The CSRF
    /// value may be in the form, where `JWT_CSRF_CHECK_FORM` says so.
    ///
    /// ```
    /// # use axum::{Router, body::Body, extract::Request, routing::post};
    /// # use handstamp_axum::{AccessForm, Auth, Config};
    /// # use tower::ServiceExt as _;
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
    /// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
    /// let auth = Auth::new(
    ///     Config::builder()
    ///         .csrf_check_form(true)
    /// #       .secret_key([7; 32].as_slice())
    ///         .build()?,
    /// )?;
    /// let app = Router::new().route("/posts", post(create)).with_state(auth.clone());
    ///
    /// let token = auth.create_access_token("user1")?;
    /// let csrf = token.csrf().unwrap_or_default();
    /// let form = format!("csrf_token={csrf}&title=Hello&tag=rust&tag=web");
    /// let request = Request::post("/posts")
    ///     .header("cookie", format!("access_token_cookie={}", token.as_str()))
    ///     .header("content-type", "application/x-www-form-urlencoded")
    ///     .body(Body::from(form))?;
    /// assert_eq!(app.oneshot(request).await?.status(), 200);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// The body is read after the head was judged, as for [`AccessJson`]. Only the CSRF value may
    /// be missing then, if the settings let a form have it.
    ///
    /// It is read up to axum's `DefaultBodyLimit`, files and all; for large files see
    /// `axum::extract::Multipart`, with the CSRF value in the header. What goes into the hidden
    /// field is [`masked_csrf`](handstamp::Auth::masked_csrf).
    ///
    /// # Security
    /// As for [`AccessJson`]: not behind a layer.
    pub struct AccessForm<T>;

    /// The refresh token of a request, from its JSON body where `json` is among
    /// `JWT_TOKEN_LOCATION`: `{"refresh_token": "…"}`, as programs that keep tokens themselves send
    /// it.
    ///
    /// ```
    /// # use axum::{Json, extract::State};
    /// # use handstamp_axum::{Auth, Error, RefreshJson, TokenPair};
    /// async fn refresh(
    ///     State(auth): State<Auth>,
    ///     RefreshJson { token, .. }: RefreshJson,
    /// ) -> Result<Json<TokenPair>, Error> {
    ///     Ok(Json(auth.refresh(token).await?))
    /// }
    /// ```
    ///
    /// Browsers that send the token in its cookie need no body.
    ///
    /// # Security
    /// As for [`AccessJson`]: not behind a layer.
    pub struct RefreshJson<T>;

    /// A request to log out whose body is read too: as [`LogOut`], with the CSRF value in a form or
    /// the token in JSON, where the settings allow it.
    ///
    /// ```
    /// # use axum::{extract::State, response::{IntoResponse, Redirect}};
    /// # use handstamp_axum::{Auth, Error, LogOutBody};
    /// // <form method="post" action="/logout"><input type="hidden" name="csrf_token" value="…">
    /// async fn logout(
    ///     State(auth): State<Auth>,
    ///     LogOutBody(log_out): LogOutBody,
    /// ) -> Result<impl IntoResponse, Error> {
    ///     Ok((auth.log_out(log_out).await?, Redirect::to("/")))
    /// }
    /// ```
    pub struct LogOutBody;
}

/// A file of a form. Name and media type are stated by the client: check the content, and never use
/// the name as a path.
pub type UploadedFile = OwnedFile<Bytes>;

impl<S, T> FromRequest<S> for AccessJson<T>
where
    Auth: FromRef<S>,
    T: DeserializeOwned,
    S: Send + Sync,
{
    type Rejection = Error;

    async fn from_request(request: Request, state: &S) -> Result<Self, Error> {
        let mut unread = Unread::new(request, state);
        let judged = access_before_body(&unread.auth, &mut unread.parts).await;
        let (awaits_body, collected) = unread.collect(judged, state).await?;
        let request = collected.request();
        let token = awaits_body.with_body(&request).await?;
        Self::read(token, request.body(), &collected.bytes)
            .map_err(|error| collected.auth.refuse_body(error))
    }
}

impl<S, T> FromRequest<S> for AccessForm<T>
where
    Auth: FromRef<S>,
    T: DeserializeOwned,
    S: Send + Sync,
{
    type Rejection = Error;

    async fn from_request(request: Request, state: &S) -> Result<Self, Error> {
        let mut unread = Unread::new(request, state);
        let judged = access_before_body(&unread.auth, &mut unread.parts).await;
        let (awaits_body, collected) = unread.collect(judged, state).await?;
        let request = collected.request();
        let token = awaits_body.with_body(&request).await?;
        Self::read(token, request.body(), &collected.bytes)
            .map_err(|error| collected.auth.refuse_body(error))
    }
}

impl<S, T> FromRequest<S> for RefreshJson<T>
where
    Auth: FromRef<S>,
    T: DeserializeOwned,
    S: Send + Sync,
{
    type Rejection = Error;

    async fn from_request(request: Request, state: &S) -> Result<Self, Error> {
        let mut unread = Unread::new(request, state);
        let judged = refresh_before_body(&unread.auth, &mut unread.parts).await;
        let (awaits_body, collected) = unread.collect(judged, state).await?;
        let request = collected.request();
        let token = awaits_body.with_body(&request).await?;
        Self::read(token, request.body(), &collected.bytes)
            .map_err(|error| collected.auth.refuse_body(error))
    }
}

impl<S> FromRequest<S> for LogOutBody
where
    Auth: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Error;

    async fn from_request(request: Request, state: &S) -> Result<Self, Error> {
        let unread = Unread::new(request, state);
        let judged = log_out_before_body(&unread.auth, &unread.parts);
        if let Ok(Some(log_out)) = judged {
            drain(&unread.parts, unread.body);
            return Ok(Self(log_out.into()));
        }
        let (_, collected) = unread.collect(judged, state).await?;
        let log_out = collected.auth.authenticate_log_out(&collected.request())?;
        Ok(Self(log_out))
    }
}

/// A request whose body has not been asked for, and the `Auth` that judges it.
struct Unread {
    auth: Auth,
    parts: Parts,
    body: Body,
}

/// The same with its whole body.
struct Collected {
    auth: Auth,
    parts: Parts,
    bytes: Bytes,
}

impl Unread {
    fn new<S>(request: Request, state: &S) -> Self
    where
        Auth: FromRef<S>,
    {
        let (parts, body) = request.into_parts();
        let auth = Auth::from_ref(state);
        Self { auth, parts, body }
    }

    /// Reads the body if the head does not get the request rejected, as far as the router's limit
    /// allows, which is in the request's extensions.
    async fn collect<S, J>(
        self,
        judged: Result<J, error::Rejection>,
        state: &S,
    ) -> Result<(J, Collected), Error>
    where
        S: Send + Sync,
    {
        let Self { auth, parts, body } = self;
        let judged = match judged {
            Ok(judged) => judged,
            Err(rejection) => {
                drain(&parts, body);
                return Err(rejection.into());
            }
        };
        let request = Request::from_parts(parts.clone(), body);
        let bytes = Bytes::from_request(request, state).await;
        let bytes = bytes.map_err(|rejection| auth.refuse_body(unreadable(&rejection)))?;
        Ok((judged, Collected { auth, parts, bytes }))
    }
}

/// Returns why a body could not be read to its end: it is over axum's limit, or the client went
/// away.
fn unreadable(rejection: &BytesRejection) -> BodyError {
    if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
        BodyError::TooLarge
    } else {
        BodyError::Malformed("The body ended before it was complete".to_owned())
    }
}

impl Collected {
    fn request(&self) -> WithBody<'_, Head<'_>> {
        Head::from(&self.parts).with_body(&self.bytes)
    }
}
