use actix_web::HttpRequest;
use handstamp::Auth;
use handstamp::limit::{RateLimits, TrustedProxies};

use crate::Head;
use crate::middleware::{After, Before, Middleware, Refused};
use crate::verified::with_state;

/// Middleware that limits how many requests a client, a user or a session may send in a time.
/// [`Auth::rate_limit`](crate::Auth::rate_limit) returns it.
///
/// A request beyond a limit gets 429 `rate_limited` with `Retry-After`; every response has the
/// fields `RateLimit-Policy` and `RateLimit`. No cookie is touched, so a limited refresh logs no
/// user out. CORS preflights are not counted.
///
/// If a limit of the middleware counts by the user, the session or a function, the access token is
/// verified first, once for the middleware and for extractors. Put limits by the address alone into
/// one outside, so that they work before anything of the request is verified.
///
/// # Security
/// Behind a proxy, name its address with [`trusted_proxies`](Self::trusted_proxies): otherwise all
/// clients count as one, and one of them can lock the others out.
///
/// Any client can send a preflight: a handler behind a limit must not answer `OPTIONS` with what is
/// limited.
pub type RateLimitMiddleware = Middleware<RateLimiting>;

/// What a [`RateLimitMiddleware`] does: it counts.
#[derive(Debug, Clone)]
pub struct RateLimiting {
    pub(crate) auth: Auth,
    limits: RateLimits,
    proxies: TrustedProxies,
}

impl RateLimitMiddleware {
    pub(crate) fn new(auth: Auth, limits: RateLimits) -> Self {
        Self(RateLimiting {
            auth,
            limits,
            proxies: TrustedProxies::default(),
        })
    }

    /// Sets the proxies that report the address of the client.
    #[must_use]
    pub fn trusted_proxies(mut self, proxies: TrustedProxies) -> Self {
        self.0.proxies = proxies;
        self
    }
}

impl Before for RateLimiting {
    async fn before(&self, request: &HttpRequest) -> Result<After, Refused> {
        let shared = with_state(request, |state| state.clone());
        let head = Head::from(request);
        let peer = request.peer_addr().map(|peer| peer.ip());
        let address = self.proxies.client_behind(peer, &head);
        let checked = shared
            .check_rate(&self.auth, &head, request.path(), address, &self.limits)
            .await;
        match checked {
            Ok(allowance) => Ok(After {
                fields: allowance.headers(),
                ..After::default()
            }),
            Err(limited) => {
                let (fields, rejection) = limited.into_parts();
                Err(Refused { rejection, fields })
            }
        }
    }
}
