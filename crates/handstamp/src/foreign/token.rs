//! A verified access token of another issuer.

use std::fmt;

use serde::Deserialize;

use crate::claims::foreign::ForeignClaims;
use crate::clock::UnixTime;
use crate::error::ClaimsError;

/// An access token of another issuer that passed every check. Only
/// [`authenticate_foreign`](crate::Auth::authenticate_foreign) makes one, and it cannot be made
/// into a token of this service.
///
/// ```compile_fail
/// use handstamp::foreign::ForeignToken;
/// use handstamp::{Authenticated, purpose::Access};
///
/// fn as_own(token: ForeignToken) -> Authenticated<Access> {
///     token.into() // there is no such conversion
/// }
/// ```
///
/// # Security
/// A subject is unique within its issuer alone: a key of a database is the pair of
/// [`issuer`](Self::issuer) and [`subject`](Self::subject). Where a client acts for itself, the
/// subject is the client, which must not be taken for a user of the same name ([RFC 9068, section
/// 5](https://www.rfc-editor.org/rfc/rfc9068#section-5)).
#[derive(Clone)]
pub struct ForeignToken(ForeignClaims);

impl ForeignToken {
    /// Only for claims that are verified and judged.
    pub(super) fn new(claims: ForeignClaims) -> Self {
        Self(claims)
    }

    /// Returns the issuer, exactly as it is configured: the claim `iss`.
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.0.issuer
    }

    /// Returns the subject: the claim `sub`. It is never empty.
    #[must_use]
    pub fn subject(&self) -> &str {
        &self.0.subject
    }

    /// Returns the client that the token was issued to: the claim `client_id`.
    #[must_use]
    pub fn client_id(&self) -> &str {
        &self.0.client_id
    }

    /// Returns the id of the token: the claim `jti`.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.0.id
    }

    /// Returns the audiences: the claim `aud`. The configured one is among them.
    pub fn audience(&self) -> impl Iterator<Item = &str> {
        self.0.audience.iter().map(String::as_str)
    }

    /// Returns the scopes: those of the claim `scope`, which are separated by spaces ([RFC 8693,
    /// section 4.2](https://www.rfc-editor.org/rfc/rfc8693#section-4.2)).
    pub fn scopes(&self) -> impl Iterator<Item = &str> {
        self.0.scope.split(' ').filter(|scope| !scope.is_empty())
    }

    /// Returns whether the token has every one of `required`. Scopes of other issuers have no
    /// wildcards: they are compared exactly.
    #[must_use]
    pub fn has_scopes<'s>(&self, required: impl IntoIterator<Item = &'s str>) -> bool {
        required
            .into_iter()
            .all(|required| self.scopes().any(|scope| scope == required))
    }

    /// Returns when the token was issued: the claim `iat`.
    #[must_use]
    pub fn issued_at(&self) -> UnixTime {
        self.0.times.issued_at
    }

    /// Returns when the token expires: the claim `exp`.
    #[must_use]
    pub fn expires_at(&self) -> UnixTime {
        self.0.times.expires_at
    }

    /// Deserializes the claims into a type of the application.
    ///
    /// ```
    /// # use handstamp::foreign::ForeignToken;
    /// #[derive(serde::Deserialize)]
    /// struct Member<'t> { tenant: &'t str }
    ///
    /// fn tenant(token: &ForeignToken) -> Result<&str, handstamp::error::ClaimsError> {
    ///     Ok(token.claims::<Member>()?.tenant)
    /// }
    /// ```
    ///
    /// # Errors
    /// Returns [`ClaimsError`] if the claims do not have the shape of `T`.
    pub fn claims<'t, T: Deserialize<'t>>(&'t self) -> Result<T, ClaimsError> {
        serde_json::from_str(self.0.payload()).map_err(|error| ClaimsError(error.to_string()))
    }
}

/// Shows the issuer only, because ids and claims must not be logged.
impl fmt::Debug for ForeignToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ForeignToken")
            .field("issuer", &self.issuer())
            .finish_non_exhaustive()
    }
}
