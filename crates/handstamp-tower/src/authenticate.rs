use std::sync::{Arc, LazyLock};

use handstamp::error::Rejection;
use handstamp::purpose::{self, Purpose};
use handstamp::{Auth, Authenticated, RequestHead, Require};
use http::request::Parts;

use crate::head::Head;
use crate::implicit_refresh;
use crate::verified::verified;

/// The access token of a request: what a [`RequireLayer`](crate::RequireLayer) of this same `Auth` let in, else what the
/// request itself brings, verified here. So a handler may ask for it whether or not a layer stands in front.
///
/// ```
/// # use handstamp_tower::handstamp::{Auth, Config};
/// # use http::Request;
/// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
/// # let auth = Auth::new(Config::builder().secret_key([7; 32].as_slice()).build()?)?;
/// let token = auth.create_access_token("user1")?;
/// let cookie = format!("access_token_cookie={}", token.as_str());
/// let (parts, _body) = Request::builder().header("cookie", cookie).body(())?.into_parts();
/// assert_eq!(handstamp_tower::access(&auth, &parts).await?.subject(), "user1");
///
/// let (parts, _body) = Request::new(()).into_parts();
/// let rejection = handstamp_tower::access(&auth, &parts).await.unwrap_err();
/// assert!(rejection.is_missing_token()); // nobody, where that is allowed; else send `refuse(rejection)`
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// The [`Rejection`] is the response to send: [`refuse`](crate::refuse).
pub async fn access(
    auth: &Auth,
    parts: &Parts,
) -> Result<Arc<Authenticated<purpose::Access>>, Rejection> {
    token(auth, parts, &Head::from(parts), &ACCESS).await
}

/// As [`access`](crate::access()), and the token must be fresh: made at a log-in, not by a refresh.
///
/// ```
/// # use handstamp_tower::handstamp::{Auth, Config, NewToken};
/// # use http::Request;
/// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
/// # let auth = Auth::new(Config::builder().secret_key([7; 32].as_slice()).build()?)?;
/// let token = auth.create_access_token(NewToken::for_subject("user1").fresh())?;
/// let cookie = format!("access_token_cookie={}", token.as_str());
/// let (parts, _body) = Request::builder().header("cookie", cookie).body(())?.into_parts();
/// assert_eq!(handstamp_tower::fresh(&auth, &parts).await?.subject(), "user1");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// As [`access`](crate::access()).
pub async fn fresh(
    auth: &Auth,
    parts: &Parts,
) -> Result<Arc<Authenticated<purpose::Access>>, Rejection> {
    static FRESH: LazyLock<Require<purpose::Access>> = LazyLock::new(|| Require::access().fresh());
    let token = token(auth, parts, &Head::from(parts), &FRESH).await?;
    // A layer may have let in a token that is not fresh.
    auth.require_fresh(&token)?;
    Ok(token)
}

/// As [`access`](crate::access()), for what everybody may see: no token and one that has expired are nobody's. Everything
/// else is refused as ever: one that is forged or revoked, one without its CSRF value.
///
/// ```
/// # use handstamp_tower::handstamp::{Auth, Config};
/// # use http::Request;
/// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
/// # let auth = Auth::new(Config::builder().secret_key([7; 32].as_slice()).build()?)?;
/// let (parts, _body) = Request::new(()).into_parts();
/// assert!(handstamp_tower::visitor(&auth, &parts).await?.is_none());
///
/// let token = auth.create_access_token("user1")?;
/// let cookie = format!("access_token_cookie={}", token.as_str());
/// let (parts, _body) = Request::builder().header("cookie", cookie).body(())?.into_parts();
/// let token = handstamp_tower::visitor(&auth, &parts).await?;
/// assert_eq!(token.as_ref().map(|token| token.subject()), Some("user1"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// As [`access`](crate::access()).
pub async fn visitor(
    auth: &Auth,
    parts: &Parts,
) -> Result<Option<Arc<Authenticated<purpose::Access>>>, Rejection> {
    match access(auth, parts).await {
        Ok(token) => Ok(Some(token)),
        Err(rejection) if rejection.is_missing_token() || rejection.is_expired_token() => Ok(None),
        Err(rejection) => Err(rejection),
    }
}

/// As [`access`](crate::access()), of the refresh token.
///
/// ```
/// # use handstamp_tower::handstamp::{Auth, Config};
/// # use http::Request;
/// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
/// # let auth = Auth::new(Config::builder().secret_key([7; 32].as_slice()).build()?)?;
/// let token = auth.create_refresh_token("user1")?;
/// let (parts, _body) = Request::post("/refresh")
///     .header("cookie", format!("refresh_token_cookie={}", token.as_str()))
///     .header("x-csrf-token", token.csrf().unwrap_or_default())
///     .body(())?
///     .into_parts();
/// let access = auth.create_access_token(&*handstamp_tower::refresh(&auth, &parts).await?)?;
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
    parts: &Parts,
) -> Result<Arc<Authenticated<purpose::Refresh>>, Rejection> {
    token(auth, parts, &Head::from(parts), &REFRESH).await
}

/// What a layer of this `Auth` let in, else what the head brings, or the body that may come with it.
///
/// Private, as what a layer let in is not checked against `require` again: a demand for scopes would be ignored.
pub(crate) async fn token<P: Purpose>(
    auth: &Auth,
    parts: &Parts,
    head: &impl RequestHead,
    require: &Require<P>,
) -> Result<Arc<Authenticated<P>>, Rejection> {
    if let Some(token) = verified(auth, &parts.extensions) {
        return Ok(token);
    }
    let token = Arc::new(auth.authenticate(head, require).await?);
    implicit_refresh::record(auth, &token, &parts.extensions);
    Ok(token)
}

pub(crate) static ACCESS: LazyLock<Require<purpose::Access>> = LazyLock::new(Require::access);
pub(crate) static REFRESH: LazyLock<Require<purpose::Refresh>> = LazyLock::new(Require::refresh);
