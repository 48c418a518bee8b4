use handstamp::adapter::Caching;
use http::Response;
use http::header::{HeaderName, HeaderValue};
use tower_layer::Layer;

use crate::ImplicitRefreshService;
use crate::response::Answer;

/// Layer that keeps the responses to authenticated requests out of caches: without it, a browser
/// may show the pages of a user again after the log-out, by the back button or for the next user.
///
/// A response to a request with a token cookie that a layer or an extractor admitted gets
/// `Cache-Control: no-store`, unless the handler has set that header. If a token was looked for in
/// a cookie and none was admitted, the response gets `Vary: Cookie`.
///
/// A browser that opens a page and is refused with 401 is sent to `HANDSTAMP_LOG_IN_PAGE`, if that
/// is set.
///
/// [`RequireLayer`](crate::RequireLayer) and
/// [`ImplicitRefreshLayer`](crate::ImplicitRefreshLayer) do the same, so this layer is for routes
/// that extractors alone guard.
///
/// ```
/// # use handstamp_tower::handstamp::error::Rejection;
/// # use handstamp_tower::handstamp::{Auth, Config};
/// # use handstamp_tower::NoStoreLayer;
/// # use http::{Request, Response};
/// # use tower::{ServiceBuilder, ServiceExt as _};
/// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
/// # let auth = Auth::new(Config::builder().secret_key([7; 32].as_slice()).build()?)?;
/// # let token = auth.create_access_token("user1")?;
/// let service = ServiceBuilder::new()
///     .layer(NoStoreLayer::new())
///     .service_fn(async |request: Request<()>| {
///         let (mut parts, ()) = request.into_parts();
///         let token = handstamp_tower::access(&auth, &mut parts).await?;
///         Ok::<_, Rejection>(Response::new(token.subject().to_owned()))
///     });
///
/// let cookie = format!("access_token_cookie={}", token.as_str());
/// let response = service.oneshot(Request::builder().header("cookie", cookie).body(())?).await?;
/// assert_eq!(response.headers()["cache-control"], "no-store");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Security
/// A page that is the same for all users is not such a response, whatever its script shows. Its
/// handler must say `Cache-Control: no-store` itself: otherwise the back button brings the page
/// back as it was, for the next user of the computer too.
#[derive(Debug, Clone, Default)]
pub struct NoStoreLayer(());

impl NoStoreLayer {
    /// Creates the layer.
    #[must_use]
    pub fn new() -> Self {
        Self(())
    }
}

impl<S> Layer<S> for NoStoreLayer {
    type Service = ImplicitRefreshService<S>;

    fn layer(&self, inner: S) -> Self::Service {
        ImplicitRefreshService { auth: None, inner }
    }
}

/// Adds what the response must say to caches.
pub(crate) fn append_header<Body>(caching: &Caching, response: &mut Response<Body>) {
    if let Some((name, value)) = caching.header(&Answer(response)) {
        let (headers, value) = (response.headers_mut(), HeaderValue::from_static(value));
        headers.append(HeaderName::from_static(name), value);
    }
}
