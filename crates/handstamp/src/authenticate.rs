//! The inbound story: from a request's head to a token that a handler may trust.

use std::future::Future;
use std::time::Duration;

use crate::admission::{self, Admission};
use crate::auth::Auth;
use crate::authenticated::Authenticated;
use crate::claims::Claims;
use crate::csrf::CsrfCleared;
use crate::error::{Rejection, RejectionKind};
use crate::locate::Presented;
use crate::purpose::Purpose;
use crate::purpose::sealed::Kind;
use crate::request::RequestHead;
use crate::require::Require;
use crate::verify::Verified;
use crate::{csrf, locate, session, verify};

mod token_cache;

pub(crate) use token_cache::{Question, TokenCache};

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
    /// # let auth = Auth::new(Config::builder().secret_key([7; 32].as_slice()).build()?);
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
        let now = self.now();
        let cleared = clear(self, head, require, |presented| {
            verify::verify(presented, self.config(), now)
        });
        async move {
            let finished = async {
                let cleared = cleared?;
                let claims = &cleared.verified().claims;
                let admission = admit(self, claims, P::KIND).await?;
                finish(cleared, admission, require)
            };
            finished.await.map_err(|reason| self.reject(reason))
        }
    }
}

/// All that needs the request and no waiting. Each step consumes what stands before it; nothing flows back.
pub(crate) fn clear<P: Purpose>(
    auth: &Auth,
    head: &impl RequestHead,
    require: &Require<P>,
    verify: impl FnOnce(&Presented<'_>) -> Result<Verified<P>, RejectionKind>,
) -> Result<CsrfCleared<P>, RejectionKind> {
    let config = auth.config();
    let presented = locate::locate(head, config, require)?;
    csrf::check_presented(presented.location(), head, config, require)?;
    let verified = verify(&presented)?;
    let claims = &verified.claims;
    let demanded = [config.login_type(), require.login_type.as_deref()];
    for expected in demanded.into_iter().flatten() {
        if claims.login_type() != Some(expected) {
            return Err(RejectionKind::LoginTypeMismatch {
                expected: expected.to_owned(),
                actual: claims.login_type().map(str::to_owned),
            });
        }
    }
    if let Some(span) = require.fresh_within
        && !is_fresh_within(auth, claims, span)
    {
        return Err(RejectionKind::FreshTokenRequired);
    }
    csrf::check(verified, head, config, require)
}

/// `auth_time` is in whole seconds, rounded down, so the log-in seems up to a second older than it is.
pub(crate) fn is_fresh_within(auth: &Auth, claims: &Claims, span: Duration) -> bool {
    let latest = claims.authenticated_at().saturating_add(span);
    claims.fresh && auth.now() <= latest.saturating_add(auth.config().leeway())
}

/// The only step that waits. Without a blocklist or a store every token whose signature holds is admitted.
async fn admit(auth: &Auth, claims: &Claims, kind: Kind) -> Result<Admission, RejectionKind> {
    let answer = admission::by_blocklist(auth, claims).await?;
    match auth.store() {
        Some(store) if answer == Admission::Admitted => {
            session::admit(auth, store, claims, kind).await
        }
        _ => Ok(answer),
    }
}

pub(crate) fn finish<P: Purpose>(
    cleared: CsrfCleared<P>,
    admission: Admission,
    require: &Require<P>,
) -> Result<Authenticated<P>, RejectionKind> {
    match admission {
        Admission::Admitted => {}
        Admission::Revoked => return Err(RejectionKind::TokenRevoked),
        Admission::SessionEnded => return Err(RejectionKind::SessionEnded),
        Admission::Reused => return Err(RejectionKind::RefreshReused),
    }
    let claims = &cleared.verified().claims;
    for demand in &require.scopes {
        if !demand.is_met_by(|| claims.scopes()) {
            return Err(RejectionKind::InsufficientScope {
                required: demand.names().to_vec(),
                provided: claims.scopes().map(str::to_owned).collect(),
            });
        }
    }
    Ok(Authenticated::new(cleared))
}

#[cfg(test)]
mod laws;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod vectors;
