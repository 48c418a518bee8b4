use std::future::Future;
use std::mem;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use handstamp::purpose::Purpose;
use handstamp::{Auth, Require};
use http::{Request, Response};
use tower_layer::Layer;
use tower_service::Service;

use crate::head::Head;
use crate::{ResponseBody, refuse, verified};

/// Lets requests through only with the token a [`Require`] demands, and answers the others.
///
/// Behind it, [`verified`](crate::verified) gives the token. Layers add up: each checks what it demands, of one token. Where
/// two find different ones, because they look in different places, the request is refused.
///
/// What changes the method of a request (`X-HTTP-Method-Override`, `_method`) stands outside: whether a CSRF value is asked for
/// depends on the method, and what this layer let in is not asked again.
///
/// Any service can stand behind it, whatever its bodies: responses get a [`ResponseBody`].
#[derive(Debug, Clone)]
pub struct RequireLayer<P> {
    auth: Auth,
    require: Arc<Require<P>>,
}

impl<P: Purpose> RequireLayer<P> {
    /// Made once, at start-up.
    #[must_use]
    pub fn new(auth: Auth, require: Require<P>) -> Self {
        Self {
            auth,
            require: Arc::new(require),
        }
    }
}

impl<P: Purpose, S> Layer<S> for RequireLayer<P> {
    type Service = RequireService<P, S>;

    fn layer(&self, inner: S) -> Self::Service {
        RequireService {
            auth: self.auth.clone(),
            require: Arc::clone(&self.require),
            inner,
        }
    }
}

/// The service of a [`RequireLayer`].
#[derive(Debug, Clone)]
pub struct RequireService<P, S> {
    auth: Auth,
    require: Arc<Require<P>>,
    inner: S,
}

impl<P, S, RequestBody, Inner> Service<Request<RequestBody>> for RequireService<P, S>
where
    P: Purpose,
    S: Service<Request<RequestBody>, Response = Response<Inner>> + Clone + Send + 'static,
    S::Future: Send,
    RequestBody: Send + 'static,
{
    type Response = Response<ResponseBody<Inner>>;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Self::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, mut request: Request<RequestBody>) -> Self::Future {
        // The service that was polled ready must be the one that is called.
        let fresh = self.inner.clone();
        let mut inner = mem::replace(&mut self.inner, fresh);
        let auth = self.auth.clone();
        let require = Arc::clone(&self.require);
        Box::pin(async move {
            let found = auth.authenticate(&Head::from(&request), &require).await;
            match found.and_then(|token| verified::record(&auth, token, request.extensions_mut())) {
                Ok(()) => Ok(inner.call(request).await?.map(ResponseBody::from)),
                Err(rejection) => Ok(refuse(rejection).map(ResponseBody::refusal)),
            }
        })
    }
}
