use std::future::{Future, Ready, ready};
use std::pin::Pin;
use std::rc::Rc;

use actix_web::body::EitherBody;
use actix_web::dev::{Service, ServiceRequest, ServiceResponse, Transform, forward_ready};
use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use actix_web::{Error, HttpRequest, HttpResponse};
use handstamp::adapter::{Caching, ImplicitRefresh};

use crate::caching::{Answer, append_header};
use crate::navigation::redirect;
use crate::{Rejection, append_cookies};

/// A middleware of this crate, made once, outside of the application's factory:
/// [`RequireMiddleware`](crate::RequireMiddleware),
/// [`SameOriginMiddleware`](crate::SameOriginMiddleware),
/// [`RateLimitMiddleware`](crate::RateLimitMiddleware) or
/// [`ImplicitRefreshMiddleware`](crate::ImplicitRefreshMiddleware).
///
/// A rejection is a response and no `Err`, so that middleware outside, such as that for CORS, adds
/// its headers.
#[derive(Debug, Clone)]
pub struct Middleware<A>(pub(crate) A);

/// What a [`Middleware`] does before the service that it wraps. It returns what is left to do after
/// it.
pub(crate) trait Before: Clone + 'static {
    async fn before(&self, request: &HttpRequest) -> Result<After, Refused>;
}

/// A request that a [`Middleware`] refuses.
pub(crate) struct Refused {
    pub(crate) rejection: handstamp::error::Rejection,
    pub(crate) fields: Fields,
}

impl From<handstamp::error::Rejection> for Refused {
    fn from(rejection: handstamp::error::Rejection) -> Self {
        Self {
            rejection,
            fields: Fields::new(),
        }
    }
}

/// Header fields to append to the response.
type Fields = Vec<(&'static str, String)>;

/// What a [`Middleware`] does after the service that it wraps: by default, it only redirects
/// navigations.
#[derive(Default)]
pub(crate) struct After {
    pub(crate) caching: Caching,
    pub(crate) refresh: Option<ImplicitRefresh>,
    pub(crate) fields: Fields,
}

impl After {
    async fn finish<B>(self, response: &mut ServiceResponse<B>) {
        redirect(response);
        append_header(&self.caching, response);
        append_fields(self.fields, response.headers_mut());
        let Some(refresh) = self.refresh else { return };
        let renewal = refresh.cookies(&Answer(response));
        if let Some(cookies) = renewal.await {
            append_cookies(cookies.into(), response.headers_mut());
        }
    }
}

impl<A, S, B> Transform<S, ServiceRequest> for Middleware<A>
where
    A: Before,
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
            before: self.0.clone(),
            inner: Rc::new(inner),
        }))
    }
}

/// The service of a [`Middleware`], whichever it is.
#[derive(Debug)]
pub struct MiddlewareService<A, S> {
    before: A,
    inner: Rc<S>,
}

impl<A, S, B> Service<ServiceRequest> for MiddlewareService<A, S>
where
    A: Before,
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    B: 'static,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Error>>>>;

    forward_ready!(inner);

    fn call(&self, request: ServiceRequest) -> Self::Future {
        let (before, inner) = (self.before.clone(), Rc::clone(&self.inner));
        Box::pin(async move {
            match before.before(request.request()).await {
                Ok(after) => {
                    let mut response = inner.call(request).await?;
                    after.finish(&mut response).await;
                    Ok(response.map_into_left_body())
                }
                Err(Refused { rejection, fields }) => {
                    // As when an extractor refuses: code that looks at the response finds the error
                    // in it, which `ServiceRequest::into_response` would drop.
                    let refused = HttpResponse::from_error(Rejection::from(rejection));
                    let (request, _body) = request.into_parts();
                    let mut response = ServiceResponse::new(request, refused);
                    redirect(&mut response);
                    append_fields(fields, response.headers_mut());
                    Ok(response.map_into_right_body())
                }
            }
        })
    }
}

/// Several middlewares add up: each has its own members in these lists.
fn append_fields(fields: Fields, headers: &mut HeaderMap) {
    for (name, value) in fields {
        // Names of limits are visible ASCII, so the value is always made.
        if let Ok(value) = HeaderValue::try_from(value) {
            headers.append(HeaderName::from_static(name), value);
        }
    }
}
