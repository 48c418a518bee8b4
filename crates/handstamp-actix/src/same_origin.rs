use std::future::{Future, Ready, ready};
use std::pin::Pin;
use std::task::{Context, Poll};

use actix_web::Error;
use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{Service, ServiceRequest, ServiceResponse, Transform};
use handstamp::Auth;

use crate::{Head, middleware};

/// Refuses requests that other sites make a browser send, on routes that ask for no token: a log-in
/// above all, or a form elsewhere could log a visitor in to an account that is not theirs. Made by
/// [`Auth::same_origin`](crate::Auth::same_origin).
///
/// See [`require_same_origin`](handstamp::Auth::require_same_origin). Requests that only read pass.
#[derive(Debug, Clone)]
pub struct SameOriginMiddleware {
    auth: Auth,
}

impl SameOriginMiddleware {
    pub(crate) fn new(auth: Auth) -> Self {
        Self { auth }
    }
}

impl<S, B> Transform<S, ServiceRequest> for SameOriginMiddleware
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error>,
    S::Future: 'static,
    B: MessageBody + 'static,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = Error;
    type Transform = SameOriginService<S>;
    type InitError = ();
    type Future = Ready<Result<Self::Transform, ()>>;

    fn new_transform(&self, inner: S) -> Self::Future {
        ready(Ok(SameOriginService {
            auth: self.auth.clone(),
            inner,
        }))
    }
}

/// The service of a [`SameOriginMiddleware`].
#[derive(Debug)]
pub struct SameOriginService<S> {
    auth: Auth,
    inner: S,
}

impl<S, B> Service<ServiceRequest> for SameOriginService<S>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error>,
    S::Future: 'static,
    B: MessageBody + 'static,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Error>>>>;

    fn poll_ready(&self, context: &mut Context<'_>) -> Poll<Result<(), Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&self, request: ServiceRequest) -> Self::Future {
        match self
            .auth
            .require_same_origin(&Head::from(request.request()))
        {
            Ok(()) => {
                let answer = self.inner.call(request);
                Box::pin(async { Ok(answer.await?.map_into_left_body()) })
            }
            Err(rejection) => Box::pin(ready(Ok(middleware::refuse(request, rejection)))),
        }
    }
}
