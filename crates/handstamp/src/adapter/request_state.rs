//! What the layers and extractors of one request share.

use std::any::Any;
use std::fmt;
use std::sync::{Arc, LazyLock};

use super::{Authenticating, ImplicitRefresh};
use crate::auth::Auth;
use crate::authenticate::TokenCache;
use crate::authenticated::Authenticated;
use crate::error::Rejection;
use crate::purpose::{Access, Purpose, Refresh};
use crate::request::RequestHead;
use crate::require::Require;

/// What the layers and extractors of one request share: the tokens that layers admitted, what is known of each token, and
/// the implicit refreshes that run.
///
/// An adapter keeps one among the extensions of each request, and puts it there when it is absent. Signature, blocklist and
/// store are then asked once for each token, `Auth` and purpose, however many layers and extractors a route has, and also
/// when these run at the same time.
///
/// A clone shares what is known of tokens. What layers admit afterwards stays with the one of the two that was told, so
/// that a request that is made from another by cloning its extensions is admitted nowhere by it.
///
/// ```
/// use std::sync::Arc;
///
/// use handstamp::adapter::RequestState;
/// # use handstamp::{Auth, Config, RequestHead, Require};
///
/// # struct Get(String);
/// # impl RequestHead for Get {
/// #     fn method(&self) -> &str { "GET" }
/// #     fn header_values(&self, name: &str) -> impl Iterator<Item = &[u8]> {
/// #         name.eq_ignore_ascii_case("cookie").then_some(self.0.as_bytes()).into_iter()
/// #     }
/// #     fn query(&self) -> Option<&str> { None }
/// # }
/// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
/// # let auth = Auth::new(Config::builder().secret_key([7; 32].as_slice()).build()?);
/// # let access = auth.create_access_token("user1")?;
/// # let request = Get(format!("access_token_cookie={}", access.as_str()));
/// let mut state = RequestState::default();
///
/// // A layer:
/// let require = Arc::new(Require::access());
/// let token = state.authenticate(&auth, &request, &require).await?;
/// state.record(&auth, &token)?;
///
/// // An extractor behind it:
/// assert_eq!(state.access(&auth, &request).await?.subject(), "user1");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Default)]
pub struct RequestState {
    admitted: Vec<Admitted>,
    renewals: Vec<ImplicitRefresh>,
    cache: Arc<TokenCache>,
}

/// An `Authenticated` of one of the purposes.
#[derive(Clone)]
struct Admitted {
    by: Auth,
    token: Arc<dyn Any + Send + Sync>,
}

impl RequestState {
    /// For a layer: as [`Auth::authenticate`], without asking twice what is known of a token already. What was admitted is
    /// to be [recorded](Self::record).
    ///
    /// The head is read before this returns.
    ///
    /// # Security
    /// Whatever was found for another demand, this one is judged in full: where the token is, its CSRF value, freshness,
    /// scopes.
    pub fn authenticate<P: Purpose>(
        &self,
        auth: &Auth,
        head: &impl RequestHead,
        require: &Arc<Require<P>>,
    ) -> Authenticating<P> {
        Authenticating::begin(auth, head, require, &self.cache)
    }

    /// A layer admits the request with this token: extractors of the same `Auth` and purpose behind it get it, and implicit
    /// refresh may renew it.
    ///
    /// # Errors
    /// `invalid_token`, if a layer before admitted another token: demands of several layers are about one.
    pub fn record<P: Purpose>(
        &mut self,
        auth: &Auth,
        token: &Arc<Authenticated<P>>,
    ) -> Result<(), Rejection> {
        if let Some(outer) = self.verified(auth) {
            return auth.require_same(&outer, token);
        }
        renew(&self.renewals, auth, token);
        self.admitted.push(Admitted {
            by: auth.clone(),
            token: Arc::<Authenticated<P>>::clone(token),
        });
        Ok(())
    }

    /// The token that a layer of this `Auth` and purpose admitted, if there is one.
    #[must_use]
    pub fn verified<P: Purpose>(&self, auth: &Auth) -> Option<Arc<Authenticated<P>>> {
        self.admitted
            .iter()
            .filter(|admitted| admitted.by.is_same(auth))
            .find_map(|admitted| Arc::clone(&admitted.token).downcast().ok())
    }

    /// For an extractor: the access token that a layer admitted, else what the request brings. A head with a body is one
    /// [with its body](RequestHead::with_body).
    pub fn access<R: RequestHead>(&self, auth: &Auth, head: &R) -> Authenticating<Access> {
        static ACCESS: LazyLock<Arc<Require<Access>>> =
            LazyLock::new(|| Arc::new(Require::access()));
        self.extract(auth, head, &ACCESS)
    }

    /// As [`access`](Self::access), and the token must be fresh, also one that a layer admitted.
    pub fn fresh<R: RequestHead>(&self, auth: &Auth, head: &R) -> Authenticating<Access> {
        static FRESH: LazyLock<Arc<Require<Access>>> =
            LazyLock::new(|| Arc::new(Require::access().fresh()));
        match self.verified(auth) {
            Some(token) => Authenticating::known(auth, auth.require_fresh(&token).map(|()| token)),
            None => self.extract(auth, head, &FRESH),
        }
    }

    /// As [`access`](Self::access), of the refresh token.
    pub fn refresh<R: RequestHead>(&self, auth: &Auth, head: &R) -> Authenticating<Refresh> {
        static REFRESH: LazyLock<Arc<Require<Refresh>>> =
            LazyLock::new(|| Arc::new(Require::refresh()));
        self.extract(auth, head, &REFRESH)
    }

    /// Private, as what a layer admitted is not judged by `require` again: a demand for scopes would be ignored.
    fn extract<P: Purpose>(
        &self,
        auth: &Auth,
        head: &impl RequestHead,
        require: &Arc<Require<P>>,
    ) -> Authenticating<P> {
        match self.verified(auth) {
            Some(token) => Authenticating::known(auth, Ok(token)),
            None => self
                .authenticate(auth, head, require)
                .renewing(&self.renewals),
        }
    }

    /// For a layer of implicit refresh: layers and extractors behind it tell it of the token that they admit. One that a
    /// layer before has admitted it is told of at once.
    pub fn register(&mut self, auth: &Auth, refresh: &ImplicitRefresh) {
        if let Some(token) = self.verified::<Access>(auth) {
            renew(std::slice::from_ref(refresh), auth, &token);
        }
        self.renewals.push(refresh.clone());
    }
}

/// Tells the implicit refreshes of this `Auth` which token was admitted.
pub(super) fn renew<P: Purpose>(
    renewals: &[ImplicitRefresh],
    auth: &Auth,
    token: &Arc<Authenticated<P>>,
) {
    renewals
        .iter()
        .filter(|refresh| refresh.is_of(auth))
        .for_each(|refresh| refresh.record(token));
}

/// Tokens stay out of logs.
impl fmt::Debug for RequestState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequestState")
            .field("admitted", &self.admitted.len())
            .field("renewals", &self.renewals)
            .finish_non_exhaustive()
    }
}
