use actix_web::HttpRequest;
use handstamp::Auth;

use crate::Head;
use crate::middleware::{After, Before, Middleware, Refused};

/// Middleware that rejects requests that other sites make a browser send, for routes that demand no
/// token. It prevents login CSRF, where a form on another site logs a visitor in to an account that
/// is not theirs. [`Auth::same_origin`](crate::Auth::same_origin) returns it.
///
/// See [`require_same_origin`](handstamp::Auth::require_same_origin). Safe methods pass.
pub type SameOriginMiddleware = Middleware<SameOrigin>;

/// What a [`SameOriginMiddleware`] does: it checks the origin.
#[derive(Debug, Clone)]
pub struct SameOrigin(pub(crate) Auth);

impl Before for SameOrigin {
    async fn before(&self, request: &HttpRequest) -> Result<After, Refused> {
        self.0.require_same_origin(&Head::from(request))?;
        Ok(After::default())
    }
}
