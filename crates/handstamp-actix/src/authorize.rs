use std::fmt;
use std::sync::Arc;

use actix_web::HttpRequest;
use handstamp::Auth;
use handstamp::authorize::Authorize;

use crate::Head;
use crate::middleware::{After, Before, Middleware, Refused};
use crate::verified::with_state;

/// Middleware that passes on only requests that an [`Authorize`] permits: it verifies the access
/// token, unless a [`RequireMiddleware`](crate::RequireMiddleware) outside of it did, and then
/// asks. [`Auth::authorize`](crate::Auth::authorize) returns it.
///
/// # Security
/// The question comes from the request, so its sender chooses it: who asks is taken from the token,
/// never from the question. A middleware that changes the method or the path must be outside of
/// this one.
pub type AuthorizeMiddleware<A, F> = Middleware<AuthorizeRequest<A, F>>;

/// What an [`AuthorizeMiddleware`] does: it asks whether a request is permitted.
pub struct AuthorizeRequest<A, F> {
    pub(crate) auth: Auth,
    by: Arc<A>,
    ask: Arc<F>,
}

impl<A, F> AuthorizeRequest<A, F> {
    pub(crate) fn new(auth: Auth, by: A, ask: F) -> Self {
        Self {
            auth,
            by: Arc::new(by),
            ask: Arc::new(ask),
        }
    }
}

impl<A, Q, F> Before for AuthorizeRequest<A, F>
where
    A: Authorize<Q> + Send + Sync + 'static,
    Q: Send + Sync + 'static,
    F: Fn(&HttpRequest) -> Q + 'static,
{
    async fn before(&self, request: &HttpRequest) -> Result<After, Refused> {
        // The application's function may look at the extensions, so they are not borrowed here.
        let question = (self.ask)(request);
        let (caching, judging) = with_state(request, |state| {
            let caching = state.caching();
            let head = Head::from(request);
            let by = Arc::clone(&self.by);
            (caching, state.authorize(&self.auth, &head, by, question))
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

impl<A, F> Clone for AuthorizeRequest<A, F> {
    fn clone(&self) -> Self {
        Self {
            auth: self.auth.clone(),
            by: Arc::clone(&self.by),
            ask: Arc::clone(&self.ask),
        }
    }
}

impl<A, F> fmt::Debug for AuthorizeRequest<A, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuthorizeRequest").finish_non_exhaustive()
    }
}
