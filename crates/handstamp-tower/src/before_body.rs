use handstamp::Auth;
use handstamp::adapter::{self, AwaitsBody};
use handstamp::error::Rejection;
use handstamp::purpose::{Access, Refresh};
use handstamp::session::LogOut;
use http::Version;
use http::request::Parts;

use crate::head::Head;
use crate::verified::state;

/// Judges the access token of a request by its head, before the body is read. The token may be in
/// the body's JSON, the CSRF value in a field of its form; [`AwaitsBody::with_body`] then judges
/// the whole. It otherwise works as [`access`](crate::access()).
///
/// ```
/// use handstamp_tower::handstamp::{Auth, RequestHead as _, error::Rejection};
/// use handstamp_tower::{Head, access_before_body};
/// use http::Request;
///
/// #[derive(serde::Deserialize)]
/// struct NewPost { title: String }
///
/// async fn create(auth: &Auth, request: Request<Vec<u8>>) -> Result<String, Rejection> {
///     let (mut parts, body) = request.into_parts();
///     let awaits_body = access_before_body(auth, &mut parts).await?;
///     let bytes = body; // Collected here, and no earlier.
///     let whole = Head::from(&parts).with_body(&bytes);
///     let token = awaits_body.with_body(&whole).await?; // before anything else is read
///     Ok(match whole.body().form::<NewPost>() { // with the feature `form`
///         Ok(post) => format!("{} by {}", post.title, token.subject()),
///         Err(error) => format!("{} {error}", error.status()),
///     })
/// }
/// # use handstamp_tower::handstamp::Config;
/// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
/// # let config = Config::builder().secret_key([7; 32].as_slice()).csrf_check_form(true);
/// # let auth = Auth::new(config.build()?)?;
/// # let token = auth.create_access_token("user1")?;
/// # let request = Request::post("/posts")
/// #     .header("cookie", format!("access_token_cookie={}", token.as_str()))
/// #     .header("content-type", "application/x-www-form-urlencoded")
/// #     .body([b"title=Hello&csrf_token=", token.csrf().unwrap_or("").as_bytes()].concat())?;
/// # let created = create(&auth, request).await.map_err(|rejection| rejection.code());
/// # assert_eq!(created, Ok("Hello by user1".to_owned()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// The [`Rejection`] is the response to send: [`refuse`](crate::refuse). If a body follows over
/// HTTP/1, it closes the connection.
///
/// # Security
/// Limit the size of the body that you collect. Behind a layer, which does not see the body, the
/// token that the layer admitted is returned, the body is ignored, and a warning is logged once.
pub async fn access_before_body(
    auth: &Auth,
    parts: &mut Parts,
) -> Result<AwaitsBody<Access>, Rejection> {
    let shared = state(&mut parts.extensions).clone();
    let judging = shared.access_before_body(auth, parts.uri.path(), Head::from(&*parts));
    judging.await.map_err(|rejection| closing(rejection, parts))
}

/// Judges the refresh token of a request, as [`access_before_body`] does the access token.
///
/// # Errors
/// As [`access_before_body`].
pub async fn refresh_before_body(
    auth: &Auth,
    parts: &mut Parts,
) -> Result<AwaitsBody<Refresh>, Rejection> {
    let shared = state(&mut parts.extensions).clone();
    let judging = shared.refresh_before_body(auth, parts.uri.path(), Head::from(&*parts));
    judging.await.map_err(|rejection| closing(rejection, parts))
}

/// Checks a request to log out by its head, before the body is read. Returns `None` if the body
/// decides: then [`Auth::authenticate_log_out`] judges the whole.
///
/// # Errors
/// As [`access_before_body`].
pub fn log_out_before_body(auth: &Auth, parts: &Parts) -> Result<Option<LogOut>, Rejection> {
    auth.authenticate_log_out_before_body(Head::from(parts))
        .map_err(|rejection| closing(rejection, parts))
}

/// Of a request whose body is never read: the connection cannot be used for another.
fn closing(rejection: Rejection, parts: &Parts) -> Rejection {
    adapter::closing(
        rejection,
        &Head::from(parts),
        parts.version < Version::HTTP_2,
    )
}
