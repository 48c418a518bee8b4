use std::sync::Arc;

use actix_web::HttpRequest;
use handstamp::purpose::Purpose;
use handstamp::{Auth, Require};

use crate::Head;
use crate::middleware::{After, Before, Middleware, Refused};
use crate::verified::with_state;

/// Middleware that passes on only requests with the token that a [`Require`] demands, and rejects
/// the others. [`Auth::require`](crate::Auth::require) returns it.
///
/// Behind it, extractors and [`verified`](crate::verified()) give the token. Several middlewares
/// add up: each checks its own demands on one token. If two find different tokens, because they
/// look in different locations, the request is rejected. Of two `wrap`s of one resource the later
/// is the outer.
///
/// A middleware that changes the method of a request (`X-HTTP-Method-Override`, `_method`) must be
/// outside of this one: whether a CSRF value is required depends on the method, and an admitted
/// request is not checked again.
///
/// A rejection is a response and no `Err`, so that middleware outside, such as that for CORS, adds
/// its headers. That for CORS must be outside: browsers send preflights without cookies, so they
/// are rejected here.
pub type RequireMiddleware<P> = Middleware<RequireToken<P>>;

/// What a [`RequireMiddleware`] does: it demands a token.
#[derive(Debug, Clone)]
pub struct RequireToken<P> {
    pub(crate) auth: Auth,
    pub(crate) require: Arc<Require<P>>,
}

impl<P: Purpose> Before for RequireToken<P> {
    async fn before(&self, request: &HttpRequest) -> Result<After, Refused> {
        let (caching, judging) = with_state(request, |state| {
            let caching = state.caching();
            let head = Head::from(request);
            (
                caching,
                state.authenticate(&self.auth, &head, &self.require),
            )
        });
        let token = judging.await?;
        with_state(request, |state| state.record(&self.auth, &token))?;
        Ok(After {
            caching,
            refresh: None,
            fields: Vec::new(),
        })
    }
}
