use std::future::{Future, Ready, ready};
use std::pin::Pin;
use std::rc::Rc;

use actix_web::body::EitherBody;
use actix_web::dev::{Service, ServiceRequest, ServiceResponse, Transform, forward_ready};
use actix_web::{Error, HttpRequest, HttpResponse};

use crate::Rejection;
use crate::navigation::redirect;

/// A middleware of this crate, made once, outside of the application's factory:
/// [`RequireMiddleware`](crate::RequireMiddleware),
/// [`SameOriginMiddleware`](crate::SameOriginMiddleware) or
/// [`ImplicitRefreshMiddleware`](crate::ImplicitRefreshMiddleware).
///
/// A rejection is a response and no `Err`, so that middleware outside, such as that for CORS, adds
/// its headers.
#[derive(Debug, Clone)]
pub struct Middleware<A>(pub(crate) A);

/// What a [`Middleware`] does before and after the service that it wraps.
pub(crate) trait Around: Clone + 'static {
    /// What `after` needs of what `before` did.
    type Begun;

    async fn before(
        &self,
        request: &HttpRequest,
    ) -> Result<Self::Begun, handstamp::error::Rejection>;

    async fn after<B>(_: Self::Begun, _: &mut ServiceResponse<B>) {}
}

impl<A, S, B> Transform<S, ServiceRequest> for Middleware<A>
where
    A: Around,
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    B: 'static,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = Error;
    type Transform = MiddlewareService<A, S>;
    type InitError = ();
    type Future = Ready<Result<Self::Transform, ()>>;

    fn new_transform(&self, inner: S) -> Self::Future {
        ready(Ok(MiddlewareService {
            around: self.0.clone(),
            inner: Rc::new(inner),
        }))
    }
}

/// The service of a [`Middleware`], whichever it is.
#[derive(Debug)]
pub struct MiddlewareService<A, S> {
    around: A,
    inner: Rc<S>,
}

impl<A, S, B> Service<ServiceRequest> for MiddlewareService<A, S>
where
    A: Around,
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    B: 'static,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Error>>>>;

    forward_ready!(inner);

    fn call(&self, request: ServiceRequest) -> Self::Future {
        let (around, inner) = (self.around.clone(), Rc::clone(&self.inner));
        Box::pin(async move {
            match around.before(request.request()).await {
                Ok(begun) => {
                    let mut response = inner.call(request).await?;
                    redirect(&mut response);
                    A::after(begun, &mut response).await;
                    Ok(response.map_into_left_body())
                }
                Err(rejection) => {
                    // As when an extractor refuses: code that looks at the response finds the error
                    // in it, which `ServiceRequest::into_response` would drop.
                    let refused = HttpResponse::from_error(Rejection::from(rejection));
                    let (request, _body) = request.into_parts();
                    let mut response = ServiceResponse::new(request, refused);
                    redirect(&mut response);
                    Ok(response.map_into_right_body())
                }
            }
        })
    }
}
