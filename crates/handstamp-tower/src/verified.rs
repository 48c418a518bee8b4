use std::sync::Arc;

use handstamp::error::Rejection;
use handstamp::purpose::Purpose;
use handstamp::{Auth, Authenticated};
use http::Extensions;

use crate::implicit_refresh;

/// The token that a [`RequireLayer`](crate::RequireLayer) of this same `Auth` and purpose let in, if there is one.
///
/// ```
/// # use std::convert::Infallible;
/// # use handstamp_tower::handstamp::{Auth, Config, Require, purpose::Access};
/// # use handstamp_tower::{RequireLayer, verified};
/// # use http::{Request, Response};
/// # use tower::{Layer as _, ServiceExt as _, service_fn};
/// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
/// # let auth = Auth::new(Config::builder().secret_key([7; 32].as_slice()).build()?)?;
/// let by = auth.clone();
/// let handler = service_fn(move |request: Request<()>| {
///     let token = verified::<Access>(&by, request.extensions());
///     let name = token.map_or("nobody".to_owned(), |token| token.subject().to_owned());
///     async move { Ok::<_, Infallible>(Response::new(name)) }
/// });
///
/// let token = auth.create_access_token("user1")?;
/// let cookie = format!("access_token_cookie={}", token.as_str());
/// let request = Request::builder().header("cookie", cookie).body(())?;
/// assert_eq!(handler.clone().oneshot(request.clone()).await?.body(), "nobody");
///
/// let guarded = RequireLayer::new(auth, Require::access()).layer(handler);
/// assert_eq!(guarded.oneshot(request).await?.body(), "user1");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Security
/// What another `Auth` let in is not found: two of them in one router never accept each other's tokens.
#[must_use]
pub fn verified<P: Purpose>(auth: &Auth, extensions: &Extensions) -> Option<Arc<Authenticated<P>>> {
    let LetIn(entries) = extensions.get::<LetIn<P>>()?;
    entries
        .iter()
        .find(|(by, _)| by.is_same(auth))
        .map(|(_, token)| Arc::clone(token))
}

/// What one layer let in, for the layers and the handler behind it. Demands add up, so they are about one token.
pub(crate) fn record<P: Purpose>(
    auth: &Auth,
    token: Authenticated<P>,
    extensions: &mut Extensions,
) -> Result<(), Rejection> {
    if let Some(outer) = verified(auth, extensions) {
        return auth.require_same(&outer, &token);
    }
    let token = Arc::new(token);
    implicit_refresh::record(auth, &token, extensions);
    let LetIn(entries) = extensions.get_or_insert_with(LetIn::<P>::default);
    entries.push((auth.clone(), token));
    Ok(())
}

/// One entry for each `Auth` whose layers stand before the handler.
struct LetIn<P>(Vec<(Auth, Arc<Authenticated<P>>)>);

impl<P> Clone for LetIn<P> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<P> Default for LetIn<P> {
    fn default() -> Self {
        Self(Vec::new())
    }
}
