use std::sync::Arc;

use handstamp::adapter::RequestState;
use handstamp::body::WithBody;
use handstamp::error::Rejection;
use handstamp::purpose;
use handstamp::{Auth, Authenticated};
use http::request::Parts;

use crate::head::Head;

/// Returns the access token of a request whose body was collected: the token may be in its JSON,
/// the CSRF value in a field of its form. It otherwise works as [`access`](crate::access()).
///
/// ```
/// use handstamp_tower::handstamp::{Auth, RequestHead as _, error::Rejection};
/// use handstamp_tower::{Head, access_with_body};
/// use http::Request;
///
/// #[derive(serde::Deserialize)]
/// struct NewPost { title: String }
///
/// async fn create(auth: &Auth, request: Request<Vec<u8>>) -> Result<String, Rejection> {
///     let (parts, bytes) = request.into_parts();
///     let whole = Head::from(&parts).with_body(&bytes);
///     let token = access_with_body(auth, &parts, &whole).await?; // before anything else is read
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
/// The [`Rejection`] is the response to send: [`refuse`](crate::refuse).
///
/// # Security
/// Limit the size of the body that you collect. Behind a layer, which does not see the body, the
/// token that the layer admitted is returned, the body is ignored, and a warning is logged once.
pub async fn access_with_body(
    auth: &Auth,
    parts: &Parts,
    request: &WithBody<'_, Head<'_>>,
) -> Result<Arc<Authenticated<purpose::Access>>, Rejection> {
    let path = parts.uri.path();
    shared(parts).access_with_body(auth, path, request).await
}

/// Returns the refresh token of a request, as [`access_with_body`] does the access token.
///
/// # Errors
/// As [`access_with_body`].
pub async fn refresh_with_body(
    auth: &Auth,
    parts: &Parts,
    request: &WithBody<'_, Head<'_>>,
) -> Result<Arc<Authenticated<purpose::Refresh>>, Rejection> {
    let path = parts.uri.path();
    shared(parts).refresh_with_body(auth, path, request).await
}

/// The body is read by the last extractor, so a state that does not exist yet would be shared with
/// no other.
fn shared(parts: &Parts) -> RequestState {
    parts.extensions.get().cloned().unwrap_or_default()
}
