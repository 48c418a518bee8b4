//! Whether a genuine token is still good: the question that only a blocklist or a store can answer.

use std::fmt;
use std::future::Future;
use std::pin::Pin;

use crate::auth::Auth;
use crate::claims::Claims;
use crate::clock::UnixTime;
use crate::error::{RejectionKind, StoreError};

/// The answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Admission {
    /// The token is good.
    Admitted,
    /// The token was revoked: 401 `token_revoked`.
    Revoked,
    /// The token's session is over, or never was: 401 `session_ended`.
    SessionEnded,
    /// The token is a refresh token that had been exchanged already: 401 `refresh_reused`.
    Reused,
}

/// What a blocklist is asked about: a token whose signature, times and CSRF value hold.
///
/// ```
/// use std::collections::HashSet;
///
/// use handstamp::admission::{Admission, TokenInfo};
///
/// fn judge(revoked: &HashSet<String>, token: &TokenInfo) -> Admission {
///     if revoked.contains(token.id()) { Admission::Revoked } else { Admission::Admitted }
/// }
/// ```
///
/// # Security
/// Key a blocklist on [`id`](Self::id). The text of a token is not its identity: AuthX compares texts, and lets a
/// revoked token in again when one character is appended.
#[derive(Clone)]
pub struct TokenInfo {
    id: String,
    subject: String,
    issued_at: UnixTime,
    expires_at: UnixTime,
}

impl TokenInfo {
    /// The claim `jti`.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The claim `sub`.
    #[must_use]
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// The claim `iat`.
    #[must_use]
    pub fn issued_at(&self) -> UnixTime {
        self.issued_at
    }

    /// The claim `exp`: until then, plus `JWT_DECODE_LEEWAY`, a revoked id must be remembered.
    #[must_use]
    pub fn expires_at(&self) -> UnixTime {
        self.expires_at
    }
}

/// Ids stay out of logs.
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

/// Asks the blocklist, if there is one.
pub(crate) async fn by_blocklist(auth: &Auth, claims: &Claims) -> Result<Admission, RejectionKind> {
    match auth.blocklist() {
        Some(blocklist) => {
            auth.with_timeout(blocklist.ask(TokenInfo::from(claims)))
                .await
        }
        None => Ok(Admission::Admitted),
    }
}

/// The application's own function, behind one type.
pub(crate) struct Blocklist(Box<dyn Fn(TokenInfo) -> Answer + Send + Sync>);

type Answer = Pin<Box<dyn Future<Output = Result<Admission, StoreError>> + Send>>;

impl Blocklist {
    pub(crate) fn new<F, A>(ask: F) -> Self
    where
        F: Fn(TokenInfo) -> A + Send + Sync + 'static,
        A: Future<Output = Result<Admission, StoreError>> + Send + 'static,
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
