//! One-time tokens: issued, opened and redeemed.

use std::fmt;

use super::binding::Binding;
use crate::claims::Claims;
use crate::clock::UnixTime;
use crate::session::Owner;

/// A one-time token that was issued, for a link or a form.
///
/// It is no [`SignedToken`](crate::SignedToken): no cookie carries it.
///
/// ```compile_fail
/// # use handstamp::{Auth, one_time::OneTimeToken};
/// fn wrong(auth: &Auth, token: &OneTimeToken) {
///     let _ = auth.set_access_cookies(token);
/// }
/// ```
#[must_use = "a token that is not sent is of no use"]
pub struct OneTimeToken {
    pub(super) token: String,
    pub(super) id: String,
    pub(super) expires_at: UnixTime,
}

impl OneTimeToken {
    /// Returns the token itself: letters, digits and `-_.`, so that an address needs no escapes.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.token
    }

    /// Returns the token's id, the claim `jti`, for
    /// [`Auth::revoke_token`](crate::Auth::revoke_token).
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Returns when the token expires.
    #[must_use]
    pub fn expires_at(&self) -> UnixTime {
        self.expires_at
    }
}

/// Omits the token.
impl fmt::Debug for OneTimeToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OneTimeToken")
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}

/// A one-time token whose signature, times, issuer and action are valid, and that is not redeemed:
/// it allows nothing yet. It tells whose value [`bound_to`](Self::bound_to) takes.
///
/// It is not cloned, and [`Auth::redeem_one_time_token`](crate::Auth::redeem_one_time_token) takes
/// it.
#[must_use = "it allows nothing until it is given to `redeem_one_time_token`"]
pub struct Opened {
    pub(super) claims: Claims,
    pub(super) audience: String,
    pub(super) issued_at: UnixTime,
    /// The seal in the token.
    pub(super) bound: Option<String>,
    /// The values of now.
    pub(super) binding: Option<Binding>,
}

impl Opened {
    /// Returns the subject: whom the token is for.
    #[must_use]
    pub fn subject(&self) -> &str {
        self.claims.subject()
    }

    /// Returns the kind of account, if the token has one.
    #[must_use]
    pub fn login_type(&self) -> Option<&str> {
        self.claims.login_type()
    }

    /// Returns when the token expires.
    #[must_use]
    pub fn expires_at(&self) -> UnixTime {
        self.claims.expires_at
    }

    /// Gives the present value of what the token is bound to: the values, and their order, of
    /// [`NewOneTimeToken::bound_to`](super::NewOneTimeToken::bound_to).
    pub fn bound_to(mut self, value: impl AsRef<[u8]>) -> Self {
        let binding = self.binding.get_or_insert_default();
        binding.add(value.as_ref());
        self
    }
}

/// Omits the ids.
impl fmt::Debug for Opened {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Opened")
            .field("expires_at", &self.claims.expires_at)
            .finish_non_exhaustive()
    }
}

/// The proof that a one-time token was redeemed, by this call and with a store by no other: the
/// action may be done, now.
///
/// It converts into an [`Owner`], so `auth.revoke_all_sessions(&redeemed)` ends all sessions of its
/// subject.
#[must_use = "the token is used up; do what it is for"]
pub struct Redeemed {
    pub(super) claims: Claims,
}

impl Redeemed {
    /// Returns the subject: whom the token is for.
    #[must_use]
    pub fn subject(&self) -> &str {
        self.claims.subject()
    }

    /// Returns the kind of account, if the token has one.
    #[must_use]
    pub fn login_type(&self) -> Option<&str> {
        self.claims.login_type()
    }
}

/// Omits the ids.
impl fmt::Debug for Redeemed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Redeemed").finish_non_exhaustive()
    }
}

impl From<&Redeemed> for Owner {
    fn from(redeemed: &Redeemed) -> Self {
        let owner = Self::for_subject(redeemed.subject());
        match redeemed.login_type() {
            Some(login_type) => owner.login_type(login_type),
            None => owner,
        }
    }
}
