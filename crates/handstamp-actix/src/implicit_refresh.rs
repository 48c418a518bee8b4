use actix_web::HttpRequest;
use handstamp::Auth;

use crate::middleware::{After, Before, Middleware, Refused};
use crate::verified::with_state;

/// Middleware that renews the access token of an active browser: if the cookie of an admitted
/// request has less than `JWT_IMPLICIT_REFRESH_DELTATIME` left, the response sets a new one, with
/// the same subject, scopes, custom claims, session and CSRF value, but not fresh.
/// [`cookies`](handstamp::adapter::ImplicitRefresh::cookies) lists when none is set: the response
/// is an error or sets these cookies itself, or the token was revoked meanwhile.
/// [`Auth::implicit_refresh`](crate::Auth::implicit_refresh) returns it.
///
/// Only a token that a [`RequireMiddleware`](crate::RequireMiddleware) or an extractor of the same
/// `Auth` admitted is renewed, so public routes and rejected requests renew nothing. It may be
/// outside of `RequireMiddleware` or inside. The lists `JWT_IMPLICIT_REFRESH_ROUTE_…` are about the
/// whole path, also inside of a scope.
///
/// # Security
/// A copied access cookie is renewed as its owner's is: it is accepted for as long as the session
/// lives, and without sessions for `JWT_REFRESH_TOKEN_EXPIRES` instead of
/// `JWT_ACCESS_TOKEN_EXPIRES`. Use sessions, which a log-out ends.
///
/// A new token has a new id. The revocation of a single id, with a blocklist or without sessions,
/// does not revoke the tokens that were issued from it; the end of a session revokes all of them.
///
/// The cookie is kept as the session says, [`persistent`](crate::ClientInfo::persistent) or not.
/// Without a session, and where the handler said so with `SetCookies::persistent` or
/// `SetCookies::session`, that choice is not stored: the new cookie follows the settings, so a
/// session cookie may become persistent.
///
/// Responses to authenticated requests are kept out of caches, as by
/// [`NoStoreMiddleware`](crate::NoStoreMiddleware).
///
/// It asks the blocklist and the store again before it renews, each for at most
/// `HANDSTAMP_STORE_TIMEOUT`. If one does not answer, the response is left unchanged.
pub type ImplicitRefreshMiddleware = Middleware<Renewing>;

/// What an [`ImplicitRefreshMiddleware`] does: it renews the token. Without an `Auth`, as a
/// [`NoStoreMiddleware`](crate::NoStoreMiddleware), it renews nothing.
#[derive(Debug, Clone)]
pub struct Renewing(pub(crate) Option<Auth>);

impl Before for Renewing {
    async fn before(&self, request: &HttpRequest) -> Result<After, Refused> {
        let (auth, method, path) = (self.0.as_ref(), request.method().as_str(), request.path());
        let refresh = auth.and_then(|auth| auth.begin_implicit_refresh(method, path));
        let caching = with_state(request, |state| {
            if let (Some(auth), Some(refresh)) = (auth, &refresh) {
                state.register(auth, refresh);
            }
            state.caching()
        });
        Ok(After {
            caching,
            refresh,
            fields: Vec::new(),
        })
    }
}
