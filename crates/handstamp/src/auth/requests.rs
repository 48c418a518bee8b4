//! Requests and what they open: who sent them, and whether they may. It decides nothing: `authenticate`, `csrf` and
//! `session` do.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use super::Auth;
use crate::authenticate::{self, Authenticated, Require, verify};
use crate::connection::TokenWatch;
use crate::csrf;
use crate::error::{Rejection, RejectionKind};
use crate::purpose::{Access, Purpose};
use crate::request::RequestHead;
use crate::session;
use crate::subject::LoadSubject;

impl Auth {
    /// Looks for a token and checks it against what the route demands: where the request comes from, signature, times,
    /// audience, issuer, purpose, login type, freshness, CSRF value, blocklist and store, scopes, in this order. The first
    /// that does not hold is the answer.
    ///
    /// Adapters call this; an application does so where no adapter fits. The head is read before the future is made.
    ///
    /// ```
    /// use handstamp::{Auth, Config, Location, RequestHead, Require};
    ///
    /// struct Get { authorization: String }
    ///
    /// impl RequestHead for Get {
    ///     fn method(&self) -> &str { "GET" }
    ///     fn header_values(&self, name: &str) -> impl Iterator<Item = &[u8]> {
    ///         let wanted = name.eq_ignore_ascii_case("authorization");
    ///         wanted.then_some(self.authorization.as_bytes()).into_iter()
    ///     }
    ///     fn query(&self) -> Option<&str> { None }
    /// }
    ///
    /// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
    /// # let auth = Auth::new(Config::builder().secret_key([7; 32].as_slice()).build()?)?;
    /// let require = Require::access().from([Location::Headers]);
    /// let access = auth.create_access_token("user1")?;
    /// let request = Get { authorization: format!("Bearer {}", access.as_str()) };
    /// assert_eq!(auth.authenticate(&request, &require).await?.subject(), "user1");
    ///
    /// let anonymous = Get { authorization: String::new() };
    /// let rejection = auth.authenticate(&anonymous, &require).await.unwrap_err();
    /// assert_eq!((rejection.status(), rejection.code()), (401, "missing_token"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// The [`Rejection`] is the response to send.
    pub fn authenticate<'a, P: Purpose, R: RequestHead>(
        &'a self,
        head: &R,
        require: &'a Require<P>,
    ) -> impl Future<Output = Result<Authenticated<P>, Rejection>> + Send + use<'a, P, R> {
        let (config, now) = (self.config(), self.0.now());
        let cleared = authenticate::clear(head, config, now, require, |presented| {
            verify::verify(presented, config, now)
        });
        async move {
            let finished = async {
                let cleared = cleared?;
                let admission = session::admit::<P>(&self.0, cleared.claims()).await?;
                authenticate::finish(cleared, admission, require)
            };
            finished.await.map_err(|reason| self.reject(reason))
        }
    }

    /// Checks freshness alone, of a token that an earlier layer let in.
    ///
    /// # Errors
    /// `fresh_token_required`.
    pub fn require_fresh(&self, token: &Authenticated<Access>) -> Result<(), Rejection> {
        authenticate::require_fresh(token).map_err(|reason| self.reject(reason))
    }

    /// Checks freshness alone, as [`Require::fresh_within`](crate::Require::fresh_within) does, of a token that an earlier
    /// layer let in.
    ///
    /// # Errors
    /// `fresh_token_required`.
    pub fn require_fresh_within(
        &self,
        token: &Authenticated<Access>,
        span: Duration,
    ) -> Result<(), Rejection> {
        let (claims, now) = (token.claims_set(), self.0.now());
        let is_fresh = authenticate::is_fresh_within(claims, self.config(), now, span);
        self.demand(is_fresh, || RejectionKind::FreshTokenRequired)
    }

    /// Checks that two layers of one route found the same token. Otherwise each would check its demands on another one.
    ///
    /// # Errors
    /// `invalid_token`.
    pub fn require_same<P: Purpose>(
        &self,
        outer: &Authenticated<P>,
        inner: &Authenticated<P>,
    ) -> Result<(), Rejection> {
        authenticate::require_same(outer, inner).map_err(|reason| self.reject(reason))
    }

    /// Checks that no other site made a browser send this request, for a route that asks for no token: a log-in, so that
    /// nobody is logged in to an account that is not theirs. Requests that only read pass, and so do programs, but for a
    /// WebSocket, whose `Origin` must be the public or a trusted one.
    ///
    /// Needs `HANDSTAMP_PUBLIC_ORIGIN`, unless all browsers send `Sec-Fetch-Site`, as those of today do over HTTPS and to
    /// localhost.
    ///
    /// # Errors
    /// `cross_site_request`, `origin_not_allowed`.
    pub fn require_same_origin(&self, head: &impl RequestHead) -> Result<(), Rejection> {
        csrf::check_tokenless(head, self.config()).map_err(|reason| self.reject(reason))
    }

    /// The user of a token that was let in, asked of the application. It is waited for as long as for a store:
    /// `HANDSTAMP_STORE_TIMEOUT`.
    ///
    /// ```
    /// # use handstamp::{Auth, Authenticated, error::Rejection, purpose::Access, subject::LoadSubject};
    /// # struct User { name: String }
    /// async fn greet(
    ///     auth: &Auth,
    ///     token: &Authenticated<Access>,
    ///     app: &impl LoadSubject<User>,
    /// ) -> Result<String, Rejection> {
    ///     let user = auth.load_subject(token, app).await?;
    ///     Ok(format!("hello {}", user.name))
    /// }
    /// ```
    ///
    /// # Errors
    /// `unknown_subject` when there is none; `store_unavailable` when nobody can say.
    pub async fn load_subject<U>(
        &self,
        token: &Authenticated<Access>,
        from: &impl LoadSubject<U>,
    ) -> Result<U, Rejection> {
        let user = self.0.with_timeout(from.load_subject(token)).await;
        user.and_then(|user| user.ok_or(RejectionKind::UnknownSubject))
            .map_err(|reason| self.reject(reason))
    }

    /// Resolves when this token would no longer be let in: at its end, leeway included; and, with a store or a blocklist,
    /// when it is revoked. At once when it is revoked by this `Auth`, else within
    /// [ten seconds](TokenWatch::ask_every).
    ///
    /// It borrows nothing and needs no async runtime. See [`connection`](crate::connection).
    ///
    /// ```
    /// # use handstamp::{Auth, Authenticated, connection::CloseReason, purpose::Access};
    /// # use std::time::Duration;
    /// async fn watch(auth: &Auth, token: &Authenticated<Access>) -> CloseReason {
    ///     auth.watch(token).ask_every(Duration::from_secs(3)).await
    /// }
    /// ```
    ///
    /// # Security
    /// It asks what is asked about a request, so with [`CheckSessions::OnRefresh`](crate::config::CheckSessions::OnRefresh)
    /// it asks no store, and a log-out does not end it before the token's own end.
    pub fn watch(&self, token: &Authenticated<Access>) -> TokenWatch {
        TokenWatch::new(Arc::clone(&self.0), token)
    }

    fn demand(
        &self,
        is_met: bool,
        reason: impl FnOnce() -> RejectionKind,
    ) -> Result<(), Rejection> {
        if is_met {
            Ok(())
        } else {
            Err(self.reject(reason()))
        }
    }
}
