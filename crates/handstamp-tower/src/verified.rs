use std::sync::Arc;

use handstamp::adapter::RequestState;
use handstamp::purpose::Purpose;
use handstamp::{Auth, Authenticated};
use http::Extensions;

/// Returns the token that a [`RequireLayer`](crate::RequireLayer) of the same `Auth` and purpose
/// admitted, if there is one.
///
/// ```
/// # use std::convert::Infallible;
/// # use handstamp_tower::handstamp::{Auth, Config, Require, purpose::Access};
/// # use handstamp_tower::{RequireLayer, verified};
/// # use http::{Request, Response};
/// # use http_body_util::BodyExt as _;
/// # use tower::{Layer as _, ServiceExt as _, service_fn};
/// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
/// # let auth = Auth::new(Config::builder().secret_key([7; 32].as_slice()).build()?)?;
/// let by = auth.clone();
/// let handler = service_fn(move |request: Request<()>| {
///     let token = verified::<Access>(&by, request.extensions());
///     let name = token.map_or("anonymous".to_owned(), |token| token.subject().to_owned());
///     async move { Ok::<_, Infallible>(Response::new(name)) }
/// });
///
/// let token = auth.create_access_token("user1")?;
/// let cookie = format!("access_token_cookie={}", token.as_str());
/// let request = Request::builder().header("cookie", cookie).body(())?;
/// assert_eq!(handler.clone().oneshot(request.clone()).await?.body(), "anonymous");
///
/// let guarded = RequireLayer::new(auth, Require::access()).layer(handler);
/// let response = guarded.oneshot(request).await?;
/// assert_eq!(response.into_body().collect().await?.to_bytes(), "user1");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Security
/// A token that another `Auth` admitted is not found: two of them in one router never accept each
/// other's tokens.
#[must_use]
pub fn verified<P: Purpose>(auth: &Auth, extensions: &Extensions) -> Option<Arc<Authenticated<P>>> {
    extensions.get::<RequestState>()?.verified(auth)
}

/// Returns the state that the layers and extractors of this request share.
pub(crate) fn state(extensions: &mut Extensions) -> &mut RequestState {
    extensions.get_or_insert_with(RequestState::default)
}
