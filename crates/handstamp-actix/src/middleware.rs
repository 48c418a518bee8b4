use std::future::{Future, Ready, ready};
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll};

use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{Service, ServiceRequest, ServiceResponse, Transform};
use actix_web::{Error, HttpResponse};
use handstamp::purpose::Purpose;
use handstamp::{Auth, Require};

use crate::verified::with_state;
use crate::{Head, Rejection};

/// Lets requests through only with the token a [`Require`] demands, and answers the others. Made by
/// [`Auth::require`](crate::Auth::require).
///
/// Behind it, extractors and [`verified`](crate::verified()) give the token. Several add up: each
/// checks what it demands, of one token. Where two find different ones, because they look in
/// different places, the request is refused. Of two `wrap`s of one resource the later is the outer.
///
/// What changes the method of a request (`X-HTTP-Method-Override`, `_method`) stands outside:
/// whether a CSRF value is asked for depends on the method, and what this middleware let in is not
/// asked again.
///
/// A refusal is a response and no `Err`, so that middleware outside, such as that for CORS, adds
/// its headers.
#[derive(Debug, Clone)]
pub struct RequireMiddleware<P> {
    auth: Auth,
    require: Arc<Require<P>>,
}

impl<P: Purpose> RequireMiddleware<P> {
    pub(crate) fn new(auth: Auth, require: Require<P>) -> Self {
        Self {
            auth,
            require: Arc::new(require),
        }
    }
}

impl<P, S, B> Transform<S, ServiceRequest> for RequireMiddleware<P>
where
    P: Purpose,
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    B: MessageBody,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = Error;
    type Transform = RequireService<P, S>;
    type InitError = ();
    type Future = Ready<Result<Self::Transform, ()>>;

    fn new_transform(&self, inner: S) -> Self::Future {
        ready(Ok(RequireService {
            auth: self.auth.clone(),
            require: Arc::clone(&self.require),
            inner: Rc::new(inner),
        }))
    }
}

/// The service of a [`RequireMiddleware`].
#[derive(Debug)]
pub struct RequireService<P, S> {
    auth: Auth,
    require: Arc<Require<P>>,
    inner: Rc<S>,
}

impl<P, S, B> Service<ServiceRequest> for RequireService<P, S>
where
    P: Purpose,
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    B: MessageBody,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Error>>>>;

    fn poll_ready(&self, context: &mut Context<'_>) -> Poll<Result<(), Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&self, request: ServiceRequest) -> Self::Future {
        let auth = self.auth.clone();
        let require = Arc::clone(&self.require);
        let inner = Rc::clone(&self.inner);
        Box::pin(async move {
            let judging = with_state(request.request(), |state| {
                state.authenticate(&auth, &Head::from(request.request()), &require)
            });
            let admitted = judging.await.and_then(|token| {
                with_state(request.request(), |state| state.record(&auth, &token))
            });
            match admitted {
                Ok(()) => Ok(inner.call(request).await?.map_into_left_body()),
                Err(rejection) => Ok(refuse(request, rejection)),
            }
        })
    }
}

/// As when an extractor refuses: code that looks at the response finds the error in it, which
/// `ServiceRequest::into_response` would drop.
pub(crate) fn refuse<B>(
    request: ServiceRequest,
    rejection: handstamp::error::Rejection,
) -> ServiceResponse<EitherBody<B>> {
    let refused = HttpResponse::from_error(Rejection::from(rejection));
    let (request, _body) = request.into_parts();
    ServiceResponse::new(request, refused).map_into_right_body()
}
