//! A session as it is kept.

use std::fmt;
use std::time::Duration;

use super::{AccountId, SessionId, TokenId};
use crate::clock::UnixTime;

/// A session as it is kept. All instants are the store's, in whole milliseconds.
///
/// There is no id of the previous token: a token is that if [its successor](TokenId::successor) is the current one.
#[derive(Clone, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_structs,
    reason = "a store must fill in every field"
)]
pub struct SessionRow {
    /// Its id.
    pub id: SessionId,
    /// Whose it is.
    pub uid: AccountId,
    /// The number of the current refresh token; 1 is the first.
    pub generation: u64,
    /// The id of the current refresh token.
    pub current: TokenId,
    /// Whether it is known that the current generation arrived at the client.
    pub acknowledged: bool,
    /// When the current generation was made: the claim `iat` of its token.
    pub rotated_at: UnixTime,
    /// When the grace window of the current generation began: when it was made, and again when it
    /// is known to have arrived.
    pub grace_started_at: UnixTime,
    /// When somebody logged in.
    pub created_at: UnixTime,
    /// When it was last used, to the minute.
    pub last_active: UnixTime,
    /// When it ends if it is not refreshed.
    pub idle_expires: UnixTime,
    /// When it ends in any case. Never moves.
    pub absolute_expires: UnixTime,
    /// What else belongs to it, as text that only the core reads.
    pub data: String,
    /// When and why it was ended.
    pub revoked: Option<(UnixTime, EndReason)>,
}

impl SessionRow {
    /// When it ends by itself: also the end of its refresh token.
    #[must_use]
    pub fn ends_at(&self) -> UnixTime {
        self.idle_expires.min(self.absolute_expires)
    }

    /// Whether it still counts, at `now` and with its user's not-before.
    #[must_use]
    pub fn is_live(&self, now: UnixTime, not_before: Option<UnixTime>) -> bool {
        self.revoked.is_none()
            && now < self.ends_at()
            && not_before.is_none_or(|not_before| self.created_at > not_before)
    }

    /// `idle_expires` after a rotation at `now`.
    pub(crate) fn idle_until(&self, now: UnixTime, idle: Duration) -> UnixTime {
        now.saturating_add(idle).min(self.absolute_expires)
    }
}

/// Ids are hashes here, and data, which holds the CSRF value, is left out.
impl fmt::Debug for SessionRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionRow")
            .field("id", &self.id)
            .field("uid", &self.uid)
            .field("generation", &self.generation)
            .field("current", &self.current)
            .field("acknowledged", &self.acknowledged)
            .field("rotated_at", &self.rotated_at)
            .field("grace_started_at", &self.grace_started_at)
            .field("created_at", &self.created_at)
            .field("last_active", &self.last_active)
            .field("idle_expires", &self.idle_expires)
            .field("absolute_expires", &self.absolute_expires)
            .field("revoked", &self.revoked)
            .finish_non_exhaustive()
    }
}

/// What [`Store::create`](super::Store::create) found.
#[derive(Debug, Clone)]
#[expect(
    clippy::exhaustive_enums,
    reason = "a session is there already, or not"
)]
pub enum Created {
    /// Nothing: this is the new session.
    New(SessionRow),
    /// A session of that id, live or not.
    AlreadyExists(SessionRow),
}

/// How a refresh token was answered.
#[derive(Debug, Clone)]
#[expect(clippy::exhaustive_enums, reason = "the table of the state machine")]
#[expect(
    clippy::large_enum_variant,
    reason = "nearly every answer is the large one"
)]
pub enum Rotation {
    /// The session goes on, in this way. The row is as it is now.
    Continued(crate::session::rotation::Continuation, SessionRow),
    /// A token came back that had been exchanged: the session is revoked. It was live until now.
    Reused(crate::session::rotation::Reuse),
    /// The token's own id is revoked.
    Revoked,
    /// The session is unknown, expired, revoked, or another user's.
    Ended,
}

/// Why a session was ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum EndReason {
    /// Somebody logged out.
    LoggedOut,
    /// A log-in in the same browser took its place.
    Replaced,
    /// Ended by the application: from a list of sessions, by an administrator, for a new password.
    Revoked,
    /// A refresh token came back that had been exchanged.
    Reused,
}

impl EndReason {
    /// The word in databases.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::LoggedOut => "logged_out",
            Self::Replaced => "replaced",
            Self::Revoked => "revoked",
            Self::Reused => "reused",
        }
    }

    /// The reason of this word. An unknown one is [`EndReason::Revoked`], which says least: a newer release may have written it.
    #[must_use]
    pub fn from_name(name: &str) -> Self {
        match name {
            "logged_out" => Self::LoggedOut,
            "replaced" => Self::Replaced,
            "reused" => Self::Reused,
            _ => Self::Revoked,
        }
    }
}
