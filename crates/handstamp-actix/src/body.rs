//! Extractors that take the body: for tokens in JSON, and CSRF values in forms.

use std::fmt;
use std::sync::{Arc, Once};

use actix_web::dev::Payload;
use actix_web::web::Bytes;
use actix_web::{FromRequest, HttpRequest};
use handstamp::adapter::{Authenticating, RequestState};
use handstamp::body::{RequestBody, WithBody};
use handstamp::error::BodyError;
use handstamp::purpose::Purpose;
use handstamp::{Authenticated, RequestHead as _};
use serde::de::{DeserializeOwned, IgnoredAny};

use crate::extract::Extracted;
use crate::verified::{verified, with_state};
use crate::{Access, Error, Head, LogOut, Refresh, Rejection, auth};

/// The access token of a request, and its JSON body. The token may be in the body, where `json` is
/// among `JWT_TOKEN_LOCATION`.
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
/// The token is judged before the content: a client that is refused for it learns nothing about
/// what the route takes. A body that does not fit is answered with 400, 415 or 422, and the error
/// is an [`Error::Body`].
///
/// # Security
/// It does not stand behind a middleware of [`Auth::require`](crate::Auth::require): that cannot
/// see the body. Where it does, what the middleware let in is the token, and a warning is logged.
#[derive(Debug, Clone)]
#[expect(clippy::exhaustive_structs, reason = "handlers take it apart")]
pub struct AccessJson<T> {
    /// The token: verified, its CSRF value too where it needs one.
    pub token: Access,
    /// The body.
    pub json: T,
}

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
/// The body is read up to the limit of `web::PayloadConfig`, files and all; large files are better
/// streamed, with the CSRF value in the header. What goes into the hidden field is
/// [`masked_csrf`](handstamp::Auth::masked_csrf).
///
/// # Security
/// As for [`AccessJson`]: not behind a middleware.
#[derive(Debug, Clone)]
#[expect(clippy::exhaustive_structs, reason = "handlers take it apart")]
pub struct AccessForm<T> {
    /// The token: verified, its CSRF value too where it needs one.
    pub token: Access,
    /// The fields that are no files, the one with the CSRF value among them.
    pub form: T,
    /// The files, in order. A field for which the user chose none is one without a name.
    pub files: Vec<UploadedFile>,
}

/// The refresh token of a request, from its JSON body where `json` is among `JWT_TOKEN_LOCATION`:
/// `{"refresh_token": "…"}`, as programs that keep tokens themselves send it.
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
#[derive(Debug, Clone)]
#[expect(clippy::exhaustive_structs, reason = "handlers take it apart")]
pub struct RefreshJson<T = IgnoredAny> {
    /// The token: verified, its CSRF value too if it came from a cookie.
    pub token: Refresh,
    /// The body.
    pub json: T,
}

/// A request that may log out, its body read too: as [`LogOut`], with the CSRF value in a form or
/// the token in JSON, where they may be.
///
/// ```
/// # use actix_web::{Responder, web::Redirect};
/// # use handstamp_actix::{Auth, LogOutBody, Rejection};
/// // <form method="post" action="/logout"><input type="hidden" name="csrf_token" value="…">
/// async fn logout(
///     auth: Auth,
///     LogOutBody(log_out): LogOutBody,
/// ) -> Result<impl Responder, Rejection> {
///     Ok(auth.log_out(log_out).await?.on(Redirect::to("/").see_other()))
/// }
/// ```
#[derive(Debug)]
#[expect(clippy::exhaustive_structs, reason = "handlers take it apart")]
pub struct LogOutBody(pub LogOut);

/// A file that a form sends. All that is said of it, the client says: look at the content before
/// you believe it, and never use the name as a path.
#[derive(Clone)]
#[non_exhaustive]
pub struct UploadedFile {
    /// The name of the form's field.
    pub field: String,
    /// What the client calls the file; empty when the user chose none.
    pub name: String,
    /// What the client says it is.
    pub media_type: Option<String>,
    /// What is in it.
    pub content: Bytes,
}

/// Without what is in it.
impl fmt::Debug for UploadedFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UploadedFile")
            .field("field", &self.field)
            .field("name", &self.name)
            .field("media_type", &self.media_type)
            .field("bytes", &self.content.len())
            .finish()
    }
}

impl<T: DeserializeOwned + 'static> FromRequest for AccessJson<T> {
    type Error = actix_web::Error;
    type Future = Extracted<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        extract_with_body(
            request,
            payload,
            |state, auth, whole| state.access(auth, whole),
            |token, body, _| {
                let (token, json) = (token.into(), body.json()?);
                Ok(Self { token, json })
            },
        )
    }
}

impl<T: DeserializeOwned + 'static> FromRequest for AccessForm<T> {
    type Error = actix_web::Error;
    type Future = Extracted<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        extract_with_body(
            request,
            payload,
            |state, auth, whole| state.access(auth, whole),
            |token, body, bytes| {
                let uploaded = |file: handstamp::body::UploadedFile<'_>| UploadedFile {
                    field: file.field.to_owned(),
                    name: file.name.to_owned(),
                    media_type: file.media_type.map(str::to_owned),
                    content: bytes.slice_ref(file.content),
                };
                Ok(Self {
                    token: token.into(),
                    form: body.form()?,
                    files: body.files().map(uploaded).collect(),
                })
            },
        )
    }
}

impl<T: DeserializeOwned + 'static> FromRequest for RefreshJson<T> {
    type Error = actix_web::Error;
    type Future = Extracted<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        extract_with_body(
            request,
            payload,
            |state, auth, whole| state.refresh(auth, whole),
            |token, body, _| {
                let (token, json) = (token.into(), body.json()?);
                Ok(Self { token, json })
            },
        )
    }
}

impl FromRequest for LogOutBody {
    type Error = actix_web::Error;
    type Future = Extracted<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, bytes) = (request.clone(), Bytes::from_request(request, payload));
        Box::pin(async move {
            let bytes = bytes.await?;
            let whole = Head::from(&request).with_body(&bytes);
            let log_out = auth::find(&request)?.authenticate_log_out(&whole);
            Ok(Self(log_out.map_err(Rejection::from)?.into()))
        })
    }
}

/// Waits for the body, judges the token with it, and only then reads what the handler takes: who is
/// refused for the token learns nothing about the content.
fn extract_with_body<P: Purpose, T: 'static>(
    request: &HttpRequest,
    payload: &mut Payload,
    judge: impl FnOnce(&RequestState, &handstamp::Auth, &Whole<'_>) -> Authenticating<P> + 'static,
    finish: impl FnOnce(Arc<Authenticated<P>>, &RequestBody<'_>, &Bytes) -> Result<T, BodyError>
    + 'static,
) -> Extracted<T> {
    let (request, bytes) = (request.clone(), Bytes::from_request(request, payload));
    Box::pin(async move {
        let bytes = bytes.await?;
        let whole = Head::from(&request).with_body(&bytes);
        let auth = auth::find(&request)?;
        warn_of_a_middleware::<P>(auth, &request);
        let judging = with_state(&request, |state| judge(state, auth, &whole));
        let token = judging.await.map_err(Rejection::from)?;
        Ok(finish(token, whole.body(), &bytes).map_err(Error::from)?)
    })
}

type Whole<'r> = WithBody<'r, Head<'r>>;

fn warn_of_a_middleware<P: Purpose>(auth: &handstamp::Auth, request: &HttpRequest) {
    static WARNED: Once = Once::new();
    if verified::<P>(auth, request).is_some() {
        WARNED.call_once(|| tracing::warn!(path = request.path(), "{BEHIND_A_MIDDLEWARE}"));
    }
}

const BEHIND_A_MIDDLEWARE: &str = "an extractor that takes the body stands behind a middleware that asks for a token, and the \
     middleware has not seen the body: neither a token nor a CSRF value in it counted";
