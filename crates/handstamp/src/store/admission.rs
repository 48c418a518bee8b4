//! The answer of a store about a presented token.

/// The answer of a store about a token whose signature and times are valid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Admission {
    /// The token is valid.
    Admitted,
    /// The token was revoked: 401 `token_revoked`.
    Revoked,
    /// The session of the token has ended, or never existed: 401 `session_ended`.
    SessionEnded,
    /// The token is a refresh token that was rotated before: 401 `refresh_reused`.
    Reused,
}
