use std::sync::Arc;

use actix_web::HttpRequest;
use handstamp::error::Rejection;
use handstamp::purpose::Purpose;
use handstamp::{Auth, Require};

use crate::Head;
use crate::middleware::{Around, Middleware};
use crate::verified::with_state;

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
pub type RequireMiddleware<P> = Middleware<RequireToken<P>>;

/// The token that a [`RequireMiddleware`] demands, and of whom.
#[derive(Debug, Clone)]
pub struct RequireToken<P> {
    pub(crate) auth: Auth,
    pub(crate) require: Arc<Require<P>>,
}

impl<P: Purpose> Around for RequireToken<P> {
    type Begun = ();

    async fn before(&self, request: &HttpRequest) -> Result<(), Rejection> {
        let judging = with_state(request, |state| {
            state.authenticate(&self.auth, &Head::from(request), &self.require)
        });
        let token = judging.await?;
        with_state(request, |state| state.record(&self.auth, &token))
    }
}
