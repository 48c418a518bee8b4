//! A token that a handler may trust. Only `finish` makes one, and it gives read access to the
//! claims.

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
use crate::request::UserAgent;
use crate::scope;
use crate::store::SessionId;

/// A token that passed every check its route demands. It cannot be made in any other way.
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

    /// Returns the subject: the claim `sub`, or `JWT_IDENTITY_CLAIM`.
    #[must_use]
    pub fn subject(&self) -> &str {
        self.claims_set().subject()
    }

    /// Returns the id of the token: the claim `jti`.
    #[must_use]
    pub fn id(&self) -> &str {
        self.claims_set().id()
    }

    /// Returns the value that requests must repeat in the CSRF header, for clients that cannot read
    /// cookies. Returns `None` if the token was issued without one.
    #[must_use]
    pub fn csrf(&self) -> Option<&str> {
        self.claims_set().csrf()
    }

    /// Returns whether the token was issued at a log-in. Refresh tokens are never fresh. A token of
    /// flask-jwt-extended that says until when it is fresh is judged by the time at which it was
    /// verified; [`require_fresh`](crate::Auth::require_fresh) judges it anew.
    #[must_use]
    pub fn is_fresh(&self) -> bool {
        self.claims_set().is_fresh_at(self.0.checked_at)
    }

    /// Returns the scopes, as the token states them.
    pub fn scopes(&self) -> impl Iterator<Item = &str> {
        self.claims_set().scopes()
    }

    /// Returns whether every one of `required` is granted, directly or by a wildcard (`admin:*`).
    #[must_use]
    pub fn has_scopes<'s>(&self, required: impl IntoIterator<Item = &'s str>) -> bool {
        required.into_iter().all(|required| {
            self.scopes()
                .any(|granted| scope::grants(granted, required))
        })
    }

    /// Returns whether at least one of `required` is granted. For an empty list it returns `false`.
    #[must_use]
    pub fn has_any_scope<'s>(&self, required: impl IntoIterator<Item = &'s str>) -> bool {
        required.into_iter().any(|required| {
            self.scopes()
                .any(|granted| scope::grants(granted, required))
        })
    }

    /// Returns the kind of account: the claim `login_type`.
    #[must_use]
    pub fn login_type(&self) -> Option<&str> {
        self.claims_set().login_type()
    }

    /// Returns the audiences: the claim `aud`.
    pub fn audience(&self) -> impl Iterator<Item = &str> {
        self.claims_set().audience().into_iter().flatten()
    }

    /// Returns the id of the session: the claim `sid`.
    #[must_use]
    pub fn session_id(&self) -> Option<SessionId> {
        self.claims_set().session().map(SessionId::from)
    }

    /// Returns the time of the log-in from which the token descends, directly or by refreshes: the
    /// claim `auth_time`, or `iat` without one. It is never later than
    /// [`issued_at`](Self::issued_at).
    #[must_use]
    pub fn authenticated_at(&self) -> UnixTime {
        self.claims_set().authenticated_at()
    }

    /// Returns when the token was issued: the claim `iat`.
    #[must_use]
    pub fn issued_at(&self) -> UnixTime {
        self.claims_set().issued_at
    }

    /// Returns when the token expires: the claim `exp`.
    #[must_use]
    pub fn expires_at(&self) -> UnixTime {
        self.claims_set().expires_at
    }

    /// Returns where in the request the token was found.
    #[must_use]
    pub fn location(&self) -> Location {
        self.0.location
    }

    /// Returns the client that presents a refresh token.
    pub(crate) fn user_agent(&self) -> &UserAgent {
        &self.0.user_agent
    }

    /// Deserializes the claims, custom and registered ones, into a type of the application.
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
    /// Returns [`ClaimsError`] if the claims do not have the shape of `T`.
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

/// Shows purpose and location only, because ids and claims must not be logged.
impl<P: Purpose> fmt::Debug for Authenticated<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authenticated")
            .field("purpose", &P::KIND.claim())
            .field("location", &self.0.location)
            .finish_non_exhaustive()
    }
}
