//! What adapters ask of an `Auth`. It decides nothing: `adapter` does.

use std::sync::Arc;

use super::Auth;
use crate::adapter::{Authenticating, ImplicitRefresh, RequestState};
use crate::authenticate::{Authenticated, Require};
use crate::error::Rejection;
use crate::purpose::{Access, Purpose, Refresh};
use crate::request::RequestHead;

impl Auth {
    /// The implicit refresh of a request of this method for this path, unless
    /// `JWT_IMPLICIT_REFRESH_ROUTE_…` and `_METHOD_…` leave it out. A tunnel has none: its answer
    /// is no response that a browser reads.
    #[must_use]
    pub fn begin_implicit_refresh(&self, method: &str, path: &str) -> Option<ImplicitRefresh> {
        ImplicitRefresh::begin(&self.0, method, path)
    }
}

impl RequestState {
    /// For a layer: as [`Auth::authenticate`], without asking again what is known of a token
    /// already. The token is to be
    /// [recorded](Self::record).
    ///
    /// The head is read before this returns.
    ///
    /// # Security
    /// Whatever was found for another demand, this one is judged in full: where the token is, its
    /// CSRF value, freshness, scopes.
    pub fn authenticate<P: Purpose>(
        &self,
        auth: &Auth,
        head: &impl RequestHead,
        require: &Arc<Require<P>>,
    ) -> Authenticating<P> {
        self.judge(&auth.0, auth.0.now(), head, require)
    }

    /// A layer admits the request with this token: extractors of the same `Auth` and purpose behind
    /// it get it, and implicit refresh may renew it.
    ///
    /// # Errors
    /// `invalid_token`, if a layer before admitted another token: demands of several layers are
    /// about one.
    pub fn record<P: Purpose>(
        &mut self,
        auth: &Auth,
        token: &Arc<Authenticated<P>>,
    ) -> Result<(), Rejection> {
        self.admit(&auth.0, token)
    }

    /// The token that a layer of this `Auth` and purpose admitted, if there is one.
    #[must_use]
    pub fn verified<P: Purpose>(&self, auth: &Auth) -> Option<Arc<Authenticated<P>>> {
        self.admitted(&auth.0)
    }

    /// For an extractor: the access token that a layer admitted, else what the request brings. For
    /// a request whose body was read, the head is one [with a body](RequestHead::with_body).
    pub fn access<R: RequestHead>(&self, auth: &Auth, head: &R) -> Authenticating<Access> {
        self.extract_access(&auth.0, auth.0.now(), head)
    }

    /// As [`access`](Self::access), and the token must be fresh, also one that a layer admitted.
    pub fn fresh<R: RequestHead>(&self, auth: &Auth, head: &R) -> Authenticating<Access> {
        self.extract_fresh(&auth.0, auth.0.now(), head)
    }

    /// As [`access`](Self::access), of the refresh token.
    pub fn refresh<R: RequestHead>(&self, auth: &Auth, head: &R) -> Authenticating<Refresh> {
        self.extract_refresh(&auth.0, auth.0.now(), head)
    }

    /// For a layer of implicit refresh: layers and extractors behind it tell it of the token that
    /// they admit. One that a layer before has admitted it is told of at once.
    pub fn register(&mut self, auth: &Auth, refresh: &ImplicitRefresh) {
        self.renewed_by(&auth.0, refresh);
    }
}
