//! A token that a handler may trust.

use std::fmt;

use serde::Deserialize;

use super::CsrfCleared;
use super::verify::Verified;
use crate::claims::Claims;
use crate::clock::UnixTime;
use crate::error::ClaimsError;
use crate::issue::NewToken;
use crate::location::Location;
use crate::purpose::Purpose;
use crate::scope;
use crate::store::SessionId;

/// A token that passed every check its route demands. There is no other way to get one.
///
/// ```compile_fail
/// // No constructor, no public field: a proof is not made by hand.
/// let forged: handstamp::Authenticated<handstamp::purpose::Access> = handstamp::Authenticated {};
/// ```
pub struct Authenticated<P>(Verified<P>);

impl<P: Purpose> Authenticated<P> {
    pub(super) fn new(cleared: CsrfCleared<P>) -> Self {
        Self(cleared.into_verified())
    }

    /// Who it is: the claim `sub`, or `JWT_IDENTITY_CLAIM`.
    #[must_use]
    pub fn subject(&self) -> &str {
        self.claims_set().subject()
    }

    /// The token's own id: the claim `jti`.
    #[must_use]
    pub fn id(&self) -> &str {
        self.claims_set().id()
    }

    /// The value that requests must repeat in the CSRF header; for templates, and for clients that cannot read cookies.
    /// `None` when the token was made without.
    #[must_use]
    pub fn csrf(&self) -> Option<&str> {
        self.claims_set().csrf()
    }

    /// Whether the token was made at a log-in. Refresh tokens never are.
    #[must_use]
    pub fn is_fresh(&self) -> bool {
        self.claims_set().fresh
    }

    /// The scopes, as they stand in the token.
    pub fn scopes(&self) -> impl Iterator<Item = &str> {
        self.claims_set().scopes()
    }

    /// Whether every one of `required` is granted, by itself or by a wildcard (`admin:*`).
    #[must_use]
    pub fn has_scopes<'s>(&self, required: impl IntoIterator<Item = &'s str>) -> bool {
        required.into_iter().all(|required| {
            self.scopes()
                .any(|granted| scope::grants(granted, required))
        })
    }

    /// Whether at least one of `required` is granted. An empty list never is.
    #[must_use]
    pub fn has_any_scope<'s>(&self, required: impl IntoIterator<Item = &'s str>) -> bool {
        required.into_iter().any(|required| {
            self.scopes()
                .any(|granted| scope::grants(granted, required))
        })
    }

    /// The kind of account: the claim `login_type`.
    #[must_use]
    pub fn login_type(&self) -> Option<&str> {
        self.claims_set().login_type()
    }

    /// The audiences: the claim `aud`.
    pub fn audience(&self) -> impl Iterator<Item = &str> {
        self.claims_set().audience().into_iter().flatten()
    }

    /// The session it belongs to: the claim `sid`.
    #[must_use]
    pub fn session_id(&self) -> Option<SessionId> {
        self.claims_set().session().map(SessionId::from)
    }

    /// When the log-in was that it goes back to, through refreshes and tokens made from tokens: the claim `auth_time`, else
    /// `iat`. Never later than [`issued_at`](Self::issued_at).
    #[must_use]
    pub fn authenticated_at(&self) -> UnixTime {
        self.claims_set().authenticated_at()
    }

    /// When it was made: the claim `iat`.
    #[must_use]
    pub fn issued_at(&self) -> UnixTime {
        self.claims_set().issued_at
    }

    /// When it ends: the claim `exp`.
    #[must_use]
    pub fn expires_at(&self) -> UnixTime {
        self.claims_set().expires_at
    }

    /// Where in the request it was found.
    #[must_use]
    pub fn location(&self) -> Location {
        self.0.location
    }

    /// The claims as a type of the application's own: custom ones, registered ones, as it asks.
    ///
    /// ```
    /// # use handstamp::{Authenticated, purpose::Access};
    /// #[derive(serde::Deserialize)]
    /// struct Member<'t> { tenant: &'t str }
    ///
    /// fn tenant(token: &Authenticated<Access>) -> Result<&str, handstamp::error::ClaimsError> {
    ///     Ok(token.claims::<Member>()?.tenant)
    /// }
    /// ```
    ///
    /// # Errors
    /// When the claims do not have the shape of `T`.
    pub fn claims<'t, T: Deserialize<'t>>(&'t self) -> Result<T, ClaimsError> {
        serde_json::from_str(self.claims_set().payload())
            .map_err(|error| ClaimsError(error.to_string()))
    }

    pub(crate) fn claims_set(&self) -> &Claims {
        &self.0.claims
    }
}

impl<P: Purpose> From<&Authenticated<P>> for NewToken {
    fn from(token: &Authenticated<P>) -> Self {
        Self::from(token.claims_set())
    }
}

/// Names the token by its purpose and whereabouts only; ids and claims stay out of logs.
impl<P: Purpose> fmt::Debug for Authenticated<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authenticated")
            .field("purpose", &P::KIND.claim())
            .field("location", &self.0.location)
            .finish_non_exhaustive()
    }
}
