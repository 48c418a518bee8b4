//! The methods that adapters call. Each passes its arguments to `adapter`, which decides.

use std::net::IpAddr;
use std::sync::Arc;

use super::Auth;
use crate::adapter::{
    Authenticating, AwaitsBody, ImplicitRefresh, JudgingHead, JudgingVisitor, RequestState, rate,
};
use crate::authenticate::{Authenticated, Require};
use crate::authorize::Authorize;
use crate::error::Rejection;
use crate::limit::{Allowance, Limited, RateLimits};
use crate::purpose::{Access, Purpose, Refresh};
use crate::request::RequestHead;
use crate::request::body::WithBody;
use crate::session::{self, LogOut, SessionInfo};
use crate::store::BoxFuture;

impl Auth {
    /// Begins the implicit refresh of a request with this method and path. Returns `None` if
    /// `JWT_IMPLICIT_REFRESH_ROUTE_…` and `_METHOD_…` exclude it, and for CONNECT, whose response
    /// is a tunnel.
    #[must_use]
    pub fn begin_implicit_refresh(&self, method: &str, path: &str) -> Option<ImplicitRefresh> {
        ImplicitRefresh::begin(&self.0, method, path)
    }

    /// Checks a request to log out whose body is not read yet, by its head. Returns `None` if the
    /// body may add a token or the CSRF value: then
    /// [`authenticate_log_out`](Self::authenticate_log_out) judges the whole request.
    ///
    /// # Errors
    /// As [`authenticate_log_out`](Self::authenticate_log_out), and whatever the body is.
    pub fn authenticate_log_out_before_body<R: RequestHead>(
        &self,
        head: R,
    ) -> Result<Option<LogOut>, Rejection> {
        session::authenticate_log_out_before_body(&self.0, &WithBody::expected(head))
            .map_err(|reason| self.reject(reason))
    }
}

impl RequestState {
    /// Authenticates for a layer as [`Auth::authenticate`] does, without repeating what is already
    /// known of a token. The layer then [records](Self::record) the token.
    ///
    /// The head is read before this returns.
    ///
    /// # Security
    /// Where the token is, its CSRF value, freshness and scopes are judged anew for each demand.
    pub fn authenticate<P: Purpose>(
        &self,
        auth: &Auth,
        head: &impl RequestHead,
        require: &Arc<Require<P>>,
    ) -> Authenticating<P> {
        self.judge_for_a_layer(&auth.0, auth.0.now(), head, require)
    }

    /// Authorizes for a layer: takes the access token that an outer layer admitted, or
    /// authenticates the one in the request, and then asks `by` as [`Auth::require_permission`]
    /// does. The layer then [records](Self::record) the token.
    ///
    /// The head is read before this returns, and the question is asked only for a verified token.
    ///
    /// # Errors
    /// As [`authenticate`](Self::authenticate) and [`Auth::require_permission`].
    pub fn authorize<Q, A>(
        &self,
        auth: &Auth,
        head: &impl RequestHead,
        by: Arc<A>,
        question: Q,
    ) -> BoxFuture<'static, Result<Arc<Authenticated<Access>>, Rejection>>
    where
        Q: Send + Sync + 'static,
        A: Authorize<Q> + Send + Sync + 'static,
    {
        self.authorize_for_a_layer(&auth.0, auth.0.now(), head, by, question)
    }

    /// Records the token with which a layer admits the request: extractors of the same `Auth` and
    /// purpose behind it receive it, and implicit refresh may renew it.
    ///
    /// # Errors
    /// `invalid_token` if an outer layer admitted a different token: the demands of all layers
    /// apply to one token.
    pub fn record<P: Purpose>(
        &mut self,
        auth: &Auth,
        token: &Arc<Authenticated<P>>,
    ) -> Result<(), Rejection> {
        self.admit(&auth.0, token)
    }

    /// Returns the token that a layer of this `Auth` and purpose admitted, if there is one.
    #[must_use]
    pub fn verified<P: Purpose>(&self, auth: &Auth) -> Option<Arc<Authenticated<P>>> {
        self.admitted(&auth.0)
    }

    /// Returns, for an extractor, the access token that a layer admitted, or authenticates the one
    /// in the request. For a request whose body was read, the head is one [with a
    /// body](RequestHead::with_body).
    pub fn access<R: RequestHead>(&self, auth: &Auth, head: &R) -> Authenticating<Access> {
        self.extract_access(&auth.0, auth.0.now(), head)
    }

    /// Returns the access token of a visitor of a public route, as [`access`](Self::access) does,
    /// or the rejection of a token that is missing or dead: malformed, forged, expired, for another
    /// service, ambiguous, revoked, or of a session that has ended. Such a visitor is anonymous,
    /// whatever site sent the request.
    ///
    /// # Errors
    /// Other rejections: of a request that another site sent with a token that would admit it, of
    /// missing scopes, and `store_unavailable`.
    pub fn visitor<R: RequestHead>(&self, auth: &Auth, head: &R) -> JudgingVisitor {
        self.extract_visitor(&auth.0, auth.0.now(), head)
    }

    /// Returns the session of a request, for the page that asks who is logged in. The answer is
    /// kept out of caches, by the layer that asks for [`caching`](Self::caching).
    ///
    /// # Errors
    /// As [`access`](Self::access). Where the request has a cookie of ours, `missing_token` too:
    /// the access cookie alone may be gone, and the client can refresh.
    pub fn session_info<R: RequestHead>(
        &self,
        auth: &Auth,
        head: &R,
    ) -> BoxFuture<'static, Result<SessionInfo, Rejection>> {
        self.describe_session(&auth.0, auth.0.now(), head)
    }

    /// Returns an access token as [`access`](Self::access) does, and requires it to be fresh, also
    /// one that a layer admitted.
    pub fn fresh<R: RequestHead>(&self, auth: &Auth, head: &R) -> Authenticating<Access> {
        self.extract_fresh(&auth.0, auth.0.now(), head)
    }

    /// Returns a refresh token, as [`access`](Self::access) does an access token.
    pub fn refresh<R: RequestHead>(&self, auth: &Auth, head: &R) -> Authenticating<Refresh> {
        self.extract_refresh(&auth.0, auth.0.now(), head)
    }

    /// Judges the access token of a request whose body is read afterwards, by its head: the body of
    /// a request that is rejected for it is never asked for. What is left to judge is in the body:
    /// a token in JSON, where no location before it has one, and a CSRF value in a form, where the
    /// header is missing and all else holds, blocklist and store included.
    ///
    /// A layer does not see the body: behind one, the token that the layer admitted is returned,
    /// the body is ignored, and a warning with the request's path is logged once.
    ///
    /// ```
    /// use handstamp::adapter::RequestState;
    /// use handstamp::{Auth, RequestHead, error::Rejection};
    ///
    /// async fn subject<H: RequestHead + Copy>(
    ///     state: &RequestState,
    ///     auth: &Auth,
    ///     head: H,
    ///     read: impl AsyncFnOnce() -> Vec<u8>,
    /// ) -> Result<String, Rejection> {
    ///     let awaits_body = state.access_before_body(auth, "/posts", head).await?;
    ///     let bytes = read().await;
    ///     let token = awaits_body.with_body(&head.with_body(&bytes)).await?;
    ///     Ok(token.subject().to_owned())
    /// }
    /// ```
    pub fn access_before_body<R: RequestHead>(
        &self,
        auth: &Auth,
        path: &str,
        head: R,
    ) -> JudgingHead<Access> {
        self.extract_access_before_body(&auth.0, auth.0.now(), path, head)
    }

    /// Judges a refresh token, as [`access_before_body`](Self::access_before_body) does an access
    /// token.
    pub fn refresh_before_body<R: RequestHead>(
        &self,
        auth: &Auth,
        path: &str,
        head: R,
    ) -> JudgingHead<Refresh> {
        self.extract_refresh_before_body(&auth.0, auth.0.now(), path, head)
    }

    /// Charges a request to rate limits for a layer, as [`Auth::check_rate`] does. `address` is
    /// that of the client, if the adapter knows it.
    ///
    /// Preflights are not counted. If a limit counts by the token, the request's access token is
    /// verified first, once for this and for extractors; a request without a valid one counts by
    /// its address.
    ///
    /// # Errors
    /// As [`Auth::check_rate`].
    pub async fn check_rate<R: RequestHead>(
        &self,
        auth: &Auth,
        head: &R,
        path: &str,
        address: Option<IpAddr>,
        limits: &RateLimits,
    ) -> Result<Allowance, Limited> {
        rate::check_rate(self, &auth.0, auth.0.now(), head, path, address, limits).await
    }

    /// Registers the implicit refresh of a layer: tokens that inner layers and extractors admit are
    /// reported to it. A token that an outer layer has already admitted is reported at once.
    pub fn register(&mut self, auth: &Auth, refresh: &ImplicitRefresh) {
        self.renewed_by(&auth.0, refresh);
    }
}

impl<P: Purpose> AwaitsBody<P> {
    /// Judges the whole request. Its head must be the one that was judged.
    pub fn with_body<R: RequestHead>(self, request: &WithBody<'_, R>) -> Authenticating<P> {
        let now = self.context.now();
        self.judge_body(now, request)
    }
}
