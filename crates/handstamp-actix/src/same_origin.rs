use actix_web::HttpRequest;
use handstamp::Auth;
use handstamp::error::Rejection;

use crate::Head;
use crate::middleware::{Around, Middleware};

/// Refuses requests that other sites make a browser send, on routes that ask for no token: a log-in
/// above all, or a form elsewhere could log a visitor in to an account that is not theirs. Made by
/// [`Auth::same_origin`](crate::Auth::same_origin).
///
/// See [`require_same_origin`](handstamp::Auth::require_same_origin). Requests that only read pass.
pub type SameOriginMiddleware = Middleware<SameOrigin>;

/// The origins that a [`SameOriginMiddleware`] admits: those of the configuration.
#[derive(Debug, Clone)]
pub struct SameOrigin(pub(crate) Auth);

impl Around for SameOrigin {
    type Begun = ();

    async fn before(&self, request: &HttpRequest) -> Result<(), Rejection> {
        self.0.require_same_origin(&Head::from(request))
    }
}
