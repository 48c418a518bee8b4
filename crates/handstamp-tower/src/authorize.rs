use std::fmt;
use std::mem;
use std::sync::Arc;
use std::task::{Context, Poll};

use handstamp::authorize::Authorize;
use handstamp::error::Rejection;
use handstamp::purpose::Access;
use handstamp::store::BoxFuture;
use handstamp::{Auth, Authenticated};
use http::request::Parts;
use http::{Request, Response};
use tower_layer::Layer;
use tower_service::Service;

use crate::ResponseBody;
use crate::head::Head;
use crate::layer::AdmissionFuture;
use crate::verified::state;

/// Layer that passes on only requests that an [`Authorize`] permits: it verifies the access token,
/// unless a [`RequireLayer`](crate::RequireLayer) outside of it did, and then asks.
///
/// `ask` makes the question of a request from its head: a fixed one, or one by method, path and
/// headers. What a policy says about a resource that the application has to load is asked by the
/// handler, with [`Auth::require_permission`].
///
/// ```
/// use std::convert::Infallible;
///
/// use handstamp::authorize::Authorize;
/// use handstamp::error::Denial;
/// use handstamp::purpose::Access;
/// use handstamp::{Auth, Authenticated, Config};
/// use handstamp_tower::AuthorizeLayer;
/// use http::{Method, Request, Response};
/// use tower::{ServiceBuilder, ServiceExt as _};
///
/// /// Reading is for everybody who is logged in, and writing for the editor.
/// struct Rules;
///
/// impl Authorize<Method> for Rules {
///     async fn authorize(&self, by: &Authenticated<Access>, asks: &Method) -> Result<(), Denial> {
///         match *asks {
///             Method::GET => Ok(()),
///             _ if by.subject() == "editor" => Ok(()),
///             _ => Err(Denial::new("not the editor")),
///         }
///     }
/// }
///
/// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
/// # let auth = Auth::new(Config::builder().secret_key([7; 32].as_slice()).build()?)?;
/// let service = ServiceBuilder::new()
///     .layer(AuthorizeLayer::new(auth.clone(), Rules, |head| head.method.clone()))
///     .service_fn(async |_: Request<()>| Ok::<_, Infallible>(Response::new(String::new())));
///
/// let token = auth.create_access_token("reader")?;
/// for (method, status) in [("GET", 200), ("DELETE", 403)] {
///     let request = Request::builder()
///         .method(method)
///         .header("cookie", format!("access_token_cookie={}", token.as_str()))
///         .header("x-csrf-token", token.csrf().unwrap_or_default());
///     let response = service.clone().oneshot(request.body(())?).await?;
///     assert_eq!(response.status(), status);
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Security
/// The question comes from the request, so its sender chooses it: who asks is taken from the token,
/// never from the question. A layer that changes the method or the path must be outside of this.
pub struct AuthorizeLayer<A, F> {
    pub(crate) auth: Auth,
    by: Arc<A>,
    ask: Arc<F>,
}

impl<A, F> AuthorizeLayer<A, F> {
    /// Made once, at start-up.
    #[must_use]
    pub fn new<Q>(auth: Auth, by: A, ask: F) -> Self
    where
        A: Authorize<Q>,
        F: Fn(&Parts) -> Q,
    {
        Self {
            auth,
            by: Arc::new(by),
            ask: Arc::new(ask),
        }
    }
}

impl<A, F, S> Layer<S> for AuthorizeLayer<A, F> {
    type Service = AuthorizeService<A, F, S>;

    fn layer(&self, inner: S) -> Self::Service {
        AuthorizeService {
            layer: self.clone(),
            inner,
        }
    }
}

/// The service of an [`AuthorizeLayer`].
#[derive(Debug)]
pub struct AuthorizeService<A, F, S> {
    layer: AuthorizeLayer<A, F>,
    inner: S,
}

impl<A, F, Q, S, Sent, Body> Service<Request<Sent>> for AuthorizeService<A, F, S>
where
    A: Authorize<Q> + Send + Sync + 'static,
    F: Fn(&Parts) -> Q,
    Q: Send + Sync + 'static,
    S: Service<Request<Sent>, Response = Response<Body>> + Clone,
{
    type Response = Response<ResponseBody<Body>>;
    type Error = S::Error;
    type Future = AuthorizeFuture<S, Sent, S::Future>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<Sent>) -> Self::Future {
        // The service that was polled ready must be the one that is called.
        let fresh = self.inner.clone();
        let inner = mem::replace(&mut self.inner, fresh);
        let AuthorizeLayer { auth, by, ask } = &self.layer;
        let (mut parts, body) = request.into_parts();
        let question = ask(&parts);
        let shared = state(&mut parts.extensions).clone();
        let caching = shared.caching();
        let judging = shared.authorize(auth, &Head::from(&parts), Arc::clone(by), question);
        let request = Request::from_parts(parts, body);
        AdmissionFuture::new(auth.clone(), caching, judging, inner, request)
    }
}

/// The response of an [`AuthorizeService`].
pub type AuthorizeFuture<S, Sent, F> =
    AdmissionFuture<BoxFuture<'static, Result<Arc<Authenticated<Access>>, Rejection>>, S, Sent, F>;

impl<A, F> Clone for AuthorizeLayer<A, F> {
    fn clone(&self) -> Self {
        Self {
            auth: self.auth.clone(),
            by: Arc::clone(&self.by),
            ask: Arc::clone(&self.ask),
        }
    }
}

impl<A, F, S: Clone> Clone for AuthorizeService<A, F, S> {
    fn clone(&self) -> Self {
        Self {
            layer: self.layer.clone(),
            inner: self.inner.clone(),
        }
    }
}

impl<A, F> fmt::Debug for AuthorizeLayer<A, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuthorizeLayer").finish_non_exhaustive()
    }
}
