use std::future::{Future, ready};
use std::pin::Pin;
use std::task::{Context, Poll};

use handstamp::Auth;
use http::{Request, Response};
use tower_layer::Layer;
use tower_service::Service;

use crate::head::Head;
use crate::response;

/// Refuses requests that other sites make a browser send, on routes that ask for no token: a log-in above all, or a form
/// elsewhere could log a visitor in to an account that is not theirs.
///
/// See [`Auth::require_same_origin`]. Requests that only read pass. The body type of responses must be one that is made
/// from a `String`, as for [`RequireLayer`](crate::RequireLayer).
///
/// ```
/// # use handstamp::{Auth, Config};
/// # use handstamp_tower::SameOriginLayer;
/// # use http::{Request, Response};
/// # use tower::{Layer as _, ServiceExt as _, service_fn};
/// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
/// let config = Config::builder()
///     .secret_key("a secret of at least thirty-two bytes")
///     .public_origin("https://app.example.com")
///     .build()?;
/// let log_in = service_fn(async |_: Request<()>| Ok::<_, std::convert::Infallible>(Response::new(String::from("welcome"))));
/// let log_in = SameOriginLayer::new(Auth::new(config)?).layer(log_in);
///
/// let post = |site| Request::post("/login").header("sec-fetch-site", site).body(());
/// assert_eq!(log_in.clone().oneshot(post("same-origin")?).await?.status(), 200);
/// assert_eq!(log_in.oneshot(post("cross-site")?).await?.status(), 403);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct SameOriginLayer {
    auth: Auth,
}

impl SameOriginLayer {
    /// With the origins of this `Auth`'s configuration.
    #[must_use]
    pub fn new(auth: Auth) -> Self {
        Self { auth }
    }
}

impl<S> Layer<S> for SameOriginLayer {
    type Service = SameOriginService<S>;

    fn layer(&self, inner: S) -> Self::Service {
        SameOriginService {
            auth: self.auth.clone(),
            inner,
        }
    }
}

/// The service of a [`SameOriginLayer`].
#[derive(Debug, Clone)]
pub struct SameOriginService<S> {
    auth: Auth,
    inner: S,
}

impl<S, RequestBody, ResponseBody> Service<Request<RequestBody>> for SameOriginService<S>
where
    S: Service<Request<RequestBody>, Response = Response<ResponseBody>>,
    S::Future: Send + 'static,
    S::Error: Send + 'static,
    ResponseBody: From<String> + Send + 'static,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Self::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<RequestBody>) -> Self::Future {
        match self.auth.require_same_origin(&Head::from(&request)) {
            Ok(()) => Box::pin(self.inner.call(request)),
            Err(rejection) => Box::pin(ready(Ok(response::refuse(rejection)))),
        }
    }
}
