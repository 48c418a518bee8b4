//! Whether a store lets a token in.

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
