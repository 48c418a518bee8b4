//! The methods that authenticate requests and watch what they open. They hold no logic:
//! `authenticate`, `csrf` and `session` do.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use super::Auth;
use crate::authenticate::{self, Authenticated, Require, verify};
use crate::authorize::{self, Authorize};
use crate::connection::TokenWatch;
use crate::context::Asked;
use crate::csrf;
use crate::error::{Rejection, RejectionKind};
#[cfg(feature = "asymmetric")]
use crate::foreign::{self, ForeignIssuer, ForeignToken};
use crate::limit::{self, Allowance, Caller, Limited, RateLimits};
use crate::purpose::{Access, Purpose};
use crate::request::RequestHead;
use crate::session;
use crate::store::BoxFuture;
use crate::subject::LoadSubject;

impl Auth {
    /// Charges a request to rate limits, and returns what is left of them: see [`limit`]. The
    /// layers of the adapters call it; by hand, it limits what a handler does.
    ///
    /// The caller is read before the future is created.
    ///
    /// # Errors
    /// [`Limited`] has the [`Rejection`] to answer with: `rate_limited`, or `store_unavailable` if
    /// the store does not answer and the limits say that it is needed.
    #[must_use = "futures do nothing unless polled"]
    pub fn check_rate(
        &self,
        limits: &RateLimits,
        caller: &Caller<'_>,
    ) -> BoxFuture<'static, Result<Allowance, Limited>> {
        limit::check(&self.0, self.0.now(), limits, caller)
    }

    /// Authenticates a request: finds a token and checks it against the demands of the route. The
    /// checks run in this order, and the first that fails is the rejection: origin, signature,
    /// times, audience, issuer, purpose, login type, freshness, CSRF value, blocklist and store,
    /// scopes.
    ///
    /// Adapters call this, and so does an application for which no adapter exists. The head is read
    /// before the future is created.
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
            match finished.await {
                Ok(token) => {
                    self.0.count_admitted();
                    Ok(token)
                }
                Err(reason) => Err(self.reject(reason)),
            }
        }
    }

    /// Authenticates a request by an access token of another issuer, or of one of several: see
    /// [`foreign`](crate::foreign). The token is read from `Authorization: Bearer` alone. An
    /// expired one passes for `JWT_DECODE_LEEWAY`, as those of this service do.
    ///
    /// ```
    /// use handstamp::foreign::{ForeignIssuer, ForeignToken};
    /// use handstamp::{Auth, RequestHead, error::Rejection};
    ///
    /// fn report(
    ///     auth: &Auth,
    ///     issuers: &[ForeignIssuer],
    ///     head: &impl RequestHead,
    /// ) -> Result<String, Rejection> {
    ///     let token = auth.authenticate_foreign(issuers, head)?;
    ///     auth.require_foreign_scopes(&token, ["reports:read"])?;
    ///     Ok(format!("a report for {}", token.client_id()))
    /// }
    /// ```
    ///
    /// # Errors
    /// `missing_token`, `invalid_token`, `invalid_signature`, `token_expired`, `invalid_audience`,
    /// `invalid_issuer`.
    ///
    /// # Security
    /// No log-out and no blocklist ends such a token: it is valid until it expires. Neither CSRF
    /// value nor origin are checked, because no browser sends the header by itself.
    #[cfg(feature = "asymmetric")]
    pub fn authenticate_foreign(
        &self,
        issuers: &(impl AsRef<[ForeignIssuer]> + ?Sized),
        head: &impl RequestHead,
    ) -> Result<ForeignToken, Rejection> {
        let leeway = self.config().settings.decode_leeway;
        let token = foreign::verify(issuers.as_ref(), head, self.0.now(), leeway)
            .map_err(|reason| self.reject(reason))?;
        self.0.count_admitted();
        Ok(token)
    }

    /// Checks that a token of another issuer has all of these scopes, compared exactly.
    ///
    /// # Errors
    /// `insufficient_scope`.
    #[cfg(feature = "asymmetric")]
    pub fn require_foreign_scopes<'s>(
        &self,
        token: &ForeignToken,
        required: impl IntoIterator<Item = &'s str>,
    ) -> Result<(), Rejection> {
        let required: Vec<&str> = required.into_iter().collect();
        let has_all = token.has_scopes(required.iter().copied());
        self.demand(has_all, || RejectionKind::InsufficientScope {
            required: required.into_iter().map(str::to_owned).collect(),
            provided: token.scopes().map(str::to_owned).collect(),
        })
    }

    /// Checks only that a token which an earlier layer admitted is fresh.
    ///
    /// # Errors
    /// `fresh_token_required`.
    pub fn require_fresh(&self, token: &Authenticated<Access>) -> Result<(), Rejection> {
        authenticate::require_fresh(token, self.0.now()).map_err(|reason| self.reject(reason))
    }

    /// Checks only that the password was given recently, as
    /// [`Require::fresh_within`](crate::Require::fresh_within) does, for a token that an earlier
    /// layer admitted.
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

    /// Checks that two layers of one route found the same token, so that all demands of the route
    /// apply to one token.
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

    /// Checks that no other site made a browser send this request, for a route that demands no
    /// token, such as a log-in: it prevents login CSRF, where a user is logged in to the account of
    /// an attacker. Safe methods pass, and so do clients that are not browsers. A WebSocket must
    /// have an `Origin` that is the public or a trusted one.
    ///
    /// Requires `HANDSTAMP_PUBLIC_ORIGIN`, unless all browsers send `Sec-Fetch-Site`, as current
    /// ones do over HTTPS and to localhost.
    ///
    /// # Errors
    /// `cross_site_request`, `origin_not_allowed`.
    pub fn require_same_origin(&self, head: &impl RequestHead) -> Result<(), Rejection> {
        csrf::check_tokenless(head, self.config()).map_err(|reason| self.reject(reason))
    }

    /// Loads the user of a verified token from the application, which has `HANDSTAMP_STORE_TIMEOUT`
    /// to answer.
    ///
    /// ```
    /// # use handstamp::{Auth, Authenticated, error::Rejection, purpose::Access};
    /// # use handstamp::subject::LoadSubject;
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
    /// `unknown_subject` if the user no longer exists; `store_unavailable` if the application
    /// cannot answer.
    pub async fn load_subject<U>(
        &self,
        token: &Authenticated<Access>,
        from: &impl LoadSubject<U>,
    ) -> Result<U, Rejection> {
        let user = self.0.ask(Asked::Subjects, from.load_subject(token)).await;
        user.and_then(|user| user.ok_or(RejectionKind::UnknownSubject))
            .map_err(|reason| self.reject(reason))
    }

    /// Asks `by` whether the bearer of a verified token may do what `question` describes: rules of
    /// the application, or policies. They have `HANDSTAMP_STORE_TIMEOUT` to answer.
    ///
    /// ```
    /// # use handstamp::{Auth, Authenticated, error::Rejection, purpose::Access};
    /// # use handstamp::authorize::Authorize;
    /// # struct EditPost { author: String }
    /// async fn edit(
    ///     auth: &Auth,
    ///     token: &Authenticated<Access>,
    ///     rules: &impl Authorize<EditPost>,
    ///     author: String, // from the database, not from the request
    /// ) -> Result<(), Rejection> {
    ///     auth.require_permission(token, rules, &EditPost { author }).await?;
    ///     // Only now change the post.
    ///     Ok(())
    /// }
    /// ```
    ///
    /// # Errors
    /// `policy_denied` if it is not permitted or cannot be decided; `store_unavailable` if the
    /// rules' database does not answer.
    pub async fn require_permission<Q: ?Sized>(
        &self,
        token: &Authenticated<Access>,
        by: &impl Authorize<Q>,
        question: &Q,
    ) -> Result<(), Rejection> {
        authorize::require_permission(&self.0, token, by, question)
            .await
            .map_err(|reason| self.reject(reason))
    }

    /// Returns a future that resolves when this token would no longer be accepted: when it expires,
    /// leeway included, and, with a store or a blocklist, when it is revoked. A revocation by this
    /// `Auth` is noticed at once, one by another process within [ten
    /// seconds](TokenWatch::ask_every).
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
    /// It makes the checks of a request, so with
    /// [`CheckSessions::OnRefresh`](crate::config::CheckSessions::OnRefresh) it does not ask the
    /// store, and a log-out does not resolve it before the token expires.
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
