//! The answer of a store about a one-time token.

/// The answer of a store about a one-time token that is to be redeemed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Redemption {
    /// The token was not redeemed before, and from now on it is. One caller receives this answer.
    First,
    /// The token was redeemed before.
    Again,
    /// The token was revoked, or all that its account had when it was issued.
    Revoked,
    /// The token has expired, by the clock of the store.
    Expired,
}
