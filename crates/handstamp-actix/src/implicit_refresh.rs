use actix_web::HttpRequest;
use actix_web::dev::ServiceResponse;
use actix_web::http::header::HeaderValue;
use handstamp::Auth;
use handstamp::adapter::{ImplicitRefresh, ResponseHead};
use handstamp::error::Rejection;

use crate::cookies;
use crate::middleware::{Around, Middleware};
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
pub type ImplicitRefreshMiddleware = Middleware<Renewing>;

/// The renewal that an [`ImplicitRefreshMiddleware`] makes.
#[derive(Debug, Clone)]
pub struct Renewing(pub(crate) Auth);

impl Around for Renewing {
    type Begun = Option<ImplicitRefresh>;

    async fn before(&self, request: &HttpRequest) -> Result<Self::Begun, Rejection> {
        let (method, path) = (request.method().as_str(), request.path());
        let refresh = self.0.begin_implicit_refresh(method, path);
        if let Some(refresh) = &refresh {
            with_state(request, |state| state.register(&self.0, refresh));
        }
        Ok(refresh)
    }

    async fn after<B>(refresh: Self::Begun, response: &mut ServiceResponse<B>) {
        let Some(refresh) = refresh else { return };
        let cookies = refresh.cookies(&Answer(response));
        if let Some(cookies) = cookies.await {
            cookies::append(&cookies, response.headers_mut());
        }
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
