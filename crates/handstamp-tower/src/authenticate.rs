use std::sync::Arc;

use handstamp::adapter::RequestState;
use handstamp::error::Rejection;
use handstamp::purpose;
use handstamp::session::SessionInfo;
use handstamp::{Auth, Authenticated};
use http::request::Parts;

use crate::head::Head;
use crate::verified::state;

/// Returns the access token of a request: the one that a [`RequireLayer`](crate::RequireLayer) of
/// the same `Auth` admitted, or the one in the request, which is verified here. A handler can thus
/// call it with or without a layer in front.
///
/// ```
/// # use handstamp_tower::handstamp::{Auth, Config};
/// # use http::Request;
/// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
/// # let auth = Auth::new(Config::builder().secret_key([7; 32].as_slice()).build()?)?;
/// let token = auth.create_access_token("user1")?;
/// let cookie = format!("access_token_cookie={}", token.as_str());
/// let (mut parts, _body) = Request::builder().header("cookie", cookie).body(())?.into_parts();
/// assert_eq!(handstamp_tower::access(&auth, &mut parts).await?.subject(), "user1");
///
/// let (mut parts, _body) = Request::new(()).into_parts();
/// let rejection = handstamp_tower::access(&auth, &mut parts).await.unwrap_err();
/// assert!(rejection.is_missing_token()); // or send `refuse(rejection)`
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// The [`Rejection`] is the response to send: [`refuse`](crate::refuse).
pub async fn access(
    auth: &Auth,
    parts: &mut Parts,
) -> Result<Arc<Authenticated<purpose::Access>>, Rejection> {
    let (state, head) = shared(parts);
    state.access(auth, &head).await
}

/// Returns an access token as [`access`](crate::access()) does, and requires it to be fresh: issued
/// at a log-in, not by a refresh.
///
/// ```
/// # use handstamp_tower::handstamp::{Auth, Config, NewToken};
/// # use http::Request;
/// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
/// # let auth = Auth::new(Config::builder().secret_key([7; 32].as_slice()).build()?)?;
/// let token = auth.create_access_token(NewToken::for_subject("user1").fresh())?;
/// let cookie = format!("access_token_cookie={}", token.as_str());
/// let (mut parts, _body) = Request::builder().header("cookie", cookie).body(())?.into_parts();
/// assert_eq!(handstamp_tower::fresh(&auth, &mut parts).await?.subject(), "user1");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// As [`access`](crate::access()).
pub async fn fresh(
    auth: &Auth,
    parts: &mut Parts,
) -> Result<Arc<Authenticated<purpose::Access>>, Rejection> {
    let (state, head) = shared(parts);
    state.fresh(auth, &head).await
}

/// Returns the access token of a visitor of a public route, or the rejection of a token that is
/// missing or dead, with which the visitor is anonymous:
/// [`RequestState::visitor`](handstamp::adapter::RequestState::visitor).
///
/// ```
/// # use handstamp_tower::handstamp::{Auth, Config};
/// # use http::Request;
/// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
/// # let auth = Auth::new(Config::builder().secret_key([7; 32].as_slice()).build()?)?;
/// let (mut parts, _body) = Request::new(()).into_parts();
/// let visitor = handstamp_tower::visitor(&auth, &mut parts).await?;
/// assert!(visitor.unwrap_err().is_missing_token());
///
/// let token = auth.create_access_token("user1")?;
/// let cookie = format!("access_token_cookie={}", token.as_str());
/// let (mut parts, _body) = Request::builder().header("cookie", cookie).body(())?.into_parts();
/// let visitor = handstamp_tower::visitor(&auth, &mut parts).await?;
/// assert_eq!(visitor.map(|token| token.subject().to_owned()).ok().as_deref(), Some("user1"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// Rejections of requests that must not be taken for those of anonymous visitors.
pub async fn visitor(
    auth: &Auth,
    parts: &mut Parts,
) -> Result<Result<Arc<Authenticated<purpose::Access>>, Rejection>, Rejection> {
    let (state, head) = shared(parts);
    state.visitor(auth, &head).await
}

/// Returns the session of a request, for the page that asks who is logged in:
/// [`RequestState::session_info`](handstamp::adapter::RequestState::session_info).
///
/// ```
/// # use handstamp_tower::handstamp::{Auth, Config};
/// # use http::Request;
/// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
/// # let auth = Auth::new(Config::builder().secret_key([7; 32].as_slice()).build()?)?;
/// let (mut parts, _body) = Request::new(()).into_parts();
/// let info = handstamp_tower::session_info(&auth, &mut parts).await?;
/// assert!(info.token().is_none()); // or serialize it
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// As [`access`](crate::access()), and `missing_token` only where the request has a cookie of ours:
/// the client can refresh.
pub async fn session_info(auth: &Auth, parts: &mut Parts) -> Result<SessionInfo, Rejection> {
    let (state, head) = shared(parts);
    state.session_info(auth, &head).await
}

/// Returns the refresh token of a request, as [`access`](crate::access()) does the access token.
///
/// ```
/// # use handstamp_tower::handstamp::{Auth, Config};
/// # use http::Request;
/// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
/// # let auth = Auth::new(Config::builder().secret_key([7; 32].as_slice()).build()?)?;
/// let token = auth.create_refresh_token("user1")?;
/// let (mut parts, _body) = Request::post("/refresh")
///     .header("cookie", format!("refresh_token_cookie={}", token.as_str()))
///     .header("x-csrf-token", token.csrf().unwrap_or_default())
///     .body(())?
///     .into_parts();
/// let access = auth.create_access_token(&*handstamp_tower::refresh(&auth, &mut parts).await?)?;
/// # assert!(!access.as_str().is_empty());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// As [`access`](crate::access()).
pub async fn refresh(
    auth: &Auth,
    parts: &mut Parts,
) -> Result<Arc<Authenticated<purpose::Refresh>>, Rejection> {
    let (state, head) = shared(parts);
    state.refresh(auth, &head).await
}

fn shared(parts: &mut Parts) -> (&RequestState, Head<'_>) {
    let Parts {
        method,
        uri,
        headers,
        extensions,
        ..
    } = parts;
    (state(extensions), Head::of(method, uri, headers))
}
