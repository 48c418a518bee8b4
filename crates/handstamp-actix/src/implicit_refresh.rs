use std::future::{Future, Ready, ready};
use std::pin::Pin;
use std::task::{Context, Poll};

use actix_web::Error;
use actix_web::dev::{Service, ServiceRequest, ServiceResponse, Transform};
use actix_web::http::header::HeaderValue;
use handstamp::Auth;
use handstamp::adapter::ResponseHead;

use crate::cookies;
use crate::verified::with_state;

/// Renews the access token of a browser that is active: when the cookie that a request was let in
/// with has less than `JWT_IMPLICIT_REFRESH_DELTATIME` left, the answer sets a new one. Not fresh,
/// else the same: subject, scopes, custom claims, session, CSRF value.
/// [`cookies`](handstamp::adapter::ImplicitRefresh::cookies) tells when there is none: whenever the
/// answer is an error, or is about these cookies itself, or the token was revoked meanwhile. Made
/// by [`Auth::implicit_refresh`](crate::Auth::implicit_refresh).
///
/// Only a token that a [`RequireMiddleware`](crate::RequireMiddleware) or an extractor of the same
/// `Auth` let in is renewed, so public routes and refused requests renew nothing. It may stand
/// outside of `RequireMiddleware` or inside. The lists `JWT_IMPLICIT_REFRESH_ROUTE_…` are about the
/// whole path, also inside of a scope.
///
/// # Security
/// The holder of a copied access cookie renews it as its owner does: it is good for as long as the
/// session, and without sessions for `JWT_REFRESH_TOKEN_EXPIRES`, where it would have been good for
/// `JWT_ACCESS_TOKEN_EXPIRES`. Let a log-out end a session.
///
/// A new token has a new id. Who revokes single tokens by their id, with a blocklist or without
/// sessions, revokes the one and not those that were made from it; a session ends for all of them.
///
/// The cookie is kept as the session says, [`persistent`](crate::ClientInfo::persistent) or not.
/// Without a session, and where the handler said so with `SetCookies::persistent` or
/// `SetCookies::session`, this is not remembered: the new cookie is as the settings say, so one
/// that was to go when the browser is closed may stay.
///
/// It asks the blocklist and the store again before it renews, which takes at most
/// `HANDSTAMP_STORE_TIMEOUT` for each question; when one does not answer, the response stays as it
/// was.
#[derive(Debug, Clone)]
pub struct ImplicitRefreshMiddleware {
    auth: Auth,
}

impl ImplicitRefreshMiddleware {
    pub(crate) fn new(auth: Auth) -> Self {
        Self { auth }
    }
}

impl<S, B> Transform<S, ServiceRequest> for ImplicitRefreshMiddleware
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error>,
    S::Future: 'static,
{
    type Response = ServiceResponse<B>;
    type Error = Error;
    type Transform = ImplicitRefreshService<S>;
    type InitError = ();
    type Future = Ready<Result<Self::Transform, ()>>;

    fn new_transform(&self, inner: S) -> Self::Future {
        ready(Ok(ImplicitRefreshService {
            auth: self.auth.clone(),
            inner,
        }))
    }
}

/// The service of an [`ImplicitRefreshMiddleware`].
#[derive(Debug)]
pub struct ImplicitRefreshService<S> {
    auth: Auth,
    inner: S,
}

impl<S, B> Service<ServiceRequest> for ImplicitRefreshService<S>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error>,
    S::Future: 'static,
{
    type Response = ServiceResponse<B>;
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Error>>>>;

    fn poll_ready(&self, context: &mut Context<'_>) -> Poll<Result<(), Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&self, request: ServiceRequest) -> Self::Future {
        let refresh = self
            .auth
            .begin_implicit_refresh(request.method().as_str(), request.path());
        if let Some(refresh) = &refresh {
            with_state(request.request(), |state| {
                state.register(&self.auth, refresh);
            });
        }
        let answer = self.inner.call(request);
        Box::pin(async move {
            let mut response = answer.await?;
            if let Some(refresh) = refresh {
                let cookies = refresh.cookies(&Answer(&response));
                if let Some(cookies) = cookies.await {
                    cookies::append(&cookies, response.headers_mut());
                }
            }
            Ok(response)
        })
    }
}

struct Answer<'r, B>(&'r ServiceResponse<B>);

impl<B> ResponseHead for Answer<'_, B> {
    fn status(&self) -> u16 {
        self.0.status().as_u16()
    }

    fn header_values(&self, name: &str) -> impl Iterator<Item = &[u8]> {
        let Self(response) = self;
        let values = response.headers().get_all(name);
        values.map(HeaderValue::as_bytes)
    }
}
