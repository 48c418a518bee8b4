//! The blocklist: the function of an application that returns whether a token is revoked.

use std::fmt;
use std::future::Future;
use std::pin::Pin;

use crate::claims::Claims;
use crate::clock::UnixTime;
use crate::error::StoreError;

/// The answer of a blocklist about a token, in the terms of
/// [RFC 7662, section 2.2](https://www.rfc-editor.org/rfc/rfc7662#section-2.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum TokenStatus {
    /// The token is not revoked.
    Active,
    /// The token was revoked: 401 `token_revoked`.
    Revoked,
}

/// A token with a valid signature, times and CSRF value, about which a blocklist is asked.
///
/// ```
/// use std::collections::HashSet;
///
/// use handstamp::blocklist::{TokenInfo, TokenStatus};
///
/// fn judge(revoked: &HashSet<String>, token: &TokenInfo) -> TokenStatus {
///     if revoked.contains(token.id()) { TokenStatus::Revoked } else { TokenStatus::Active }
/// }
/// ```
///
/// # Security
/// Key a blocklist on [`id`](Self::id). The text of a token is not its identity: AuthX compares
/// texts, and accepts a revoked token again when one character is appended.
#[derive(Clone)]
pub struct TokenInfo {
    id: String,
    subject: String,
    issued_at: UnixTime,
    expires_at: UnixTime,
}

impl TokenInfo {
    /// Returns the claim `jti`.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Returns the claim `sub`.
    #[must_use]
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// Returns the claim `iat`.
    #[must_use]
    pub fn issued_at(&self) -> UnixTime {
        self.issued_at
    }

    /// Returns the claim `exp`: a revoked id must be kept until then, plus `JWT_DECODE_LEEWAY`.
    #[must_use]
    pub fn expires_at(&self) -> UnixTime {
        self.expires_at
    }
}

/// Omits the ids, which must not be logged.
impl fmt::Debug for TokenInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenInfo")
            .field("issued_at", &self.issued_at)
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}

impl From<&Claims> for TokenInfo {
    fn from(claims: &Claims) -> Self {
        Self {
            id: claims.id().to_owned(),
            subject: claims.subject().to_owned(),
            issued_at: claims.issued_at,
            expires_at: claims.expires_at,
        }
    }
}

/// The function of the application, boxed.
pub(crate) struct Blocklist(Box<dyn Fn(TokenInfo) -> Answer + Send + Sync>);

type Answer = Pin<Box<dyn Future<Output = Result<TokenStatus, StoreError>> + Send>>;

impl Blocklist {
    pub(crate) fn new<F, A>(ask: F) -> Self
    where
        F: Fn(TokenInfo) -> A + Send + Sync + 'static,
        A: Future<Output = Result<TokenStatus, StoreError>> + Send + 'static,
    {
        Self(Box::new(move |token| Box::pin(ask(token))))
    }

    pub(crate) fn ask(&self, token: TokenInfo) -> Answer {
        (self.0)(token)
    }
}

impl fmt::Debug for Blocklist {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Blocklist")
    }
}
