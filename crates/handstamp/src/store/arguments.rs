//! What the verbs of a store are told.

use std::fmt;
use std::time::Duration;

use super::{AccountId, EndReason, SessionId, TokenId};
use crate::clock::UnixTime;

/// A session to be kept.
#[derive(Clone)]
#[non_exhaustive]
pub struct NewSession {
    /// Its id.
    pub id: SessionId,
    /// Whose it is.
    pub uid: AccountId,
    /// The id of its first refresh token, of generation 1.
    pub token: TokenId,
    /// How long it lives without a rotation.
    pub idle: Duration,
    /// How long it lives at most.
    pub absolute: Duration,
    /// A row stays at least until then, also when its session has ended: as long as the token from which it was adopted
    /// could be adopted again.
    pub keep_until: Option<UnixTime>,
    /// What else belongs to the session, as text that only the core reads.
    pub data: String,
}

/// Without the data, which holds the CSRF value.
impl fmt::Debug for NewSession {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewSession")
            .field("id", &self.id)
            .field("uid", &self.uid)
            .finish_non_exhaustive()
    }
}

impl NewSession {
    /// A session as log-in makes it: not kept longer than it lives.
    #[must_use]
    pub fn new(
        id: SessionId,
        uid: AccountId,
        token: TokenId,
        idle: Duration,
        absolute: Duration,
    ) -> Self {
        Self {
            id,
            uid,
            token,
            idle,
            absolute,
            keep_until: None,
            data: String::new(),
        }
    }
}

/// A refresh token, as far as the rules of rotation look at it.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct PresentedToken {
    /// Its id.
    pub token: TokenId,
    /// The id of the token that follows it: [`TokenId::successor`].
    pub successor: TokenId,
    /// Its claim `gen`.
    pub generation: u64,
    /// How long after a rotation its predecessor counts.
    pub grace: Duration,
}

impl PresentedToken {
    /// A token of this session.
    #[must_use]
    pub fn new(session: &SessionId, token: TokenId, generation: u64, grace: Duration) -> Self {
        Self {
            successor: token.successor(session),
            token,
            generation,
            grace,
        }
    }
}

/// A refresh token that wants to be exchanged.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Rotate {
    /// Whose session it is.
    pub uid: AccountId,
    /// The session.
    pub session: SessionId,
    /// The token.
    pub presented: PresentedToken,
    /// How long the session lives without a further rotation.
    pub idle: Duration,
    /// Whether the next generation counts as acknowledged from the start, as where access tokens are never shown to the store.
    pub acknowledged: bool,
}

impl Rotate {
    /// With confirmation by the next access token.
    #[must_use]
    pub fn new(
        uid: AccountId,
        session: SessionId,
        presented: PresentedToken,
        idle: Duration,
    ) -> Self {
        Self {
            uid,
            session,
            presented,
            idle,
            acknowledged: false,
        }
    }
}

/// A token that wants to be let in.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Admit {
    /// Whose it is.
    pub uid: AccountId,
    /// Its id.
    pub token: TokenId,
    /// Its claim `iat`.
    pub issued_at: UnixTime,
    /// Its session, if it has one.
    pub session: Option<SessionId>,
    /// What it is for.
    pub purpose: AdmitPurpose,
    /// A session that was last active this long ago is marked as active. `None`: never.
    pub touch_after: Option<Duration>,
}

impl Admit {
    /// A token without a session, which touches nothing.
    #[must_use]
    pub fn new(uid: AccountId, token: TokenId, issued_at: UnixTime, purpose: AdmitPurpose) -> Self {
        Self {
            uid,
            token,
            issued_at,
            session: None,
            purpose,
            touch_after: None,
        }
    }

    /// The same token in a session.
    #[must_use]
    pub fn in_session(mut self, session: SessionId) -> Self {
        self.session = Some(session);
        self
    }
}

/// What a token that wants to be let in is for.
#[derive(Debug, Clone)]
#[expect(clippy::exhaustive_enums, reason = "there are two purposes of tokens")]
pub enum AdmitPurpose {
    /// An access token of this generation. Without a session the generation means nothing.
    Access {
        /// Its claim `gen`.
        generation: u64,
    },
    /// A refresh token. Without a session it is judged by its id and its user's not-before only.
    Refresh(PresentedToken),
}

/// A session to end.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct RevokeSession {
    /// Whose it is.
    pub uid: AccountId,
    /// The session.
    pub session: SessionId,
    /// Why.
    pub reason: EndReason,
}

impl RevokeSession {
    /// Ends this session of this user.
    #[must_use]
    pub fn new(uid: AccountId, session: SessionId, reason: EndReason) -> Self {
        Self {
            uid,
            session,
            reason,
        }
    }
}

/// Sessions of one user to end.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct RevokeUser {
    /// Whose.
    pub uid: AccountId,
    /// Which.
    pub which: UserRevocation,
    /// Why.
    pub reason: EndReason,
    /// How long a not-before is remembered: longer than any token lives.
    pub keep: Duration,
}

impl RevokeUser {
    /// Ends these sessions of this user.
    #[must_use]
    pub fn new(uid: AccountId, which: UserRevocation, reason: EndReason, keep: Duration) -> Self {
        Self {
            uid,
            which,
            reason,
            keep,
        }
    }
}

/// Which sessions of a user end.
#[derive(Debug, Clone)]
#[expect(clippy::exhaustive_enums, reason = "a store must know them all")]
pub enum UserRevocation {
    /// All, and every token without a session: the user's not-before is now.
    All,
    /// All but this one. Tokens without a session are not meant.
    AllBut(SessionId),
    /// Those that were created at this instant or before: the user's not-before is this one, or now if it lies in the
    /// future, or the one there was if that is later.
    Before(UnixTime),
}

/// A token to revoke.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct RevokeToken {
    /// Whose it is.
    pub uid: AccountId,
    /// Its id.
    pub token: TokenId,
    /// When it ends by itself, leeway included.
    pub until: UnixTime,
}

impl RevokeToken {
    /// Revokes this token of this user.
    #[must_use]
    pub fn new(uid: AccountId, token: TokenId, until: UnixTime) -> Self {
        Self { uid, token, until }
    }
}
