//! The row of a session, and the results of a store that contain one.
//!
//! Plain values, and the rule that decides when a session is live. The rules of rotation are in
//! [`rotation`](super::rotation).

use std::fmt;
use std::time::Duration;

use super::{AccountId, SessionId, TokenId};
use crate::clock::UnixTime;

/// The row of a session. All instants are those of the store's clock, in whole milliseconds.
///
/// The id of the previous token is not kept: a token is the previous one if [its
/// successor](TokenId::successor) is the current one.
#[derive(Clone, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_structs,
    reason = "a store must fill in every field"
)]
pub struct SessionRow {
    /// The id of the session.
    pub id: SessionId,
    /// The account that the session belongs to.
    pub account: AccountId,
    /// The generation of the current refresh token, from 1.
    pub generation: u64,
    /// The id of the current refresh token.
    pub current: TokenId,
    /// Whether the client is known to have received the current generation.
    pub acknowledged: bool,
    /// When the current generation was issued: the claim `iat` of its refresh token, unless the
    /// clock of the node that issues it is behind.
    pub rotated_at: UnixTime,
    /// When the grace window of the current generation started: when it was issued, and again when
    /// it was acknowledged.
    pub grace_started_at: UnixTime,
    /// The last generation that was [re-issued
    /// late](crate::store::rotation::Continuation::ReissuedLate), or 0, as in a row of an older
    /// release.
    pub late_generation: u64,
    /// How many generations in a row, up to that one, were re-issued late.
    pub late_in_a_row: u64,
    /// When the user logged in.
    pub created_at: UnixTime,
    /// When the session was last active, to the minute.
    pub last_active: UnixTime,
    /// When the session ends unless it is refreshed.
    pub idle_expires: UnixTime,
    /// When the session ends at the latest. Never changes.
    pub absolute_expires: UnixTime,
    /// Further data of the session, as text that only the core reads. It describes the client, so
    /// it is empty once the session was revoked.
    pub data: String,
    /// When and why the session was revoked.
    pub revoked: Option<(UnixTime, EndReason)>,
}

impl SessionRow {
    /// Returns when the session expires, which is also the end of its refresh token.
    #[must_use]
    pub fn ends_at(&self) -> UnixTime {
        self.idle_expires.min(self.absolute_expires)
    }

    /// Returns whether the session is live at `now`.
    #[must_use]
    pub fn is_live(&self, now: UnixTime) -> bool {
        self.revoked.is_none() && now < self.ends_at()
    }

    /// Returns when the session was last used: the latest of its creation, last rotation and last
    /// activity.
    #[must_use]
    pub fn last_used(&self) -> UnixTime {
        self.created_at.max(self.rotated_at).max(self.last_active)
    }

    /// Returns `idle_expires` after a rotation at `now`.
    pub(crate) fn idle_until(&self, now: UnixTime, idle: Duration) -> UnixTime {
        now.saturating_add(idle).min(self.absolute_expires)
    }
}

/// Shows ids as hashes, and omits the data, which contains the CSRF value.
impl fmt::Debug for SessionRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionRow")
            .field("id", &self.id)
            .field("account", &self.account)
            .field("generation", &self.generation)
            .field("current", &self.current)
            .field("acknowledged", &self.acknowledged)
            .field("rotated_at", &self.rotated_at)
            .field("grace_started_at", &self.grace_started_at)
            .field("late_generation", &self.late_generation)
            .field("late_in_a_row", &self.late_in_a_row)
            .field("created_at", &self.created_at)
            .field("last_active", &self.last_active)
            .field("idle_expires", &self.idle_expires)
            .field("absolute_expires", &self.absolute_expires)
            .field("revoked", &self.revoked)
            .finish_non_exhaustive()
    }
}

/// The result of [`Store::create`](super::Store::create).
#[derive(Debug, Clone)]
#[expect(
    clippy::exhaustive_enums,
    reason = "a session is there already, or not"
)]
pub enum Created {
    /// The session was created.
    New {
        /// The new session.
        row: SessionRow,
        /// The sessions of the account that were revoked with [`EndReason::Limit`], because it had
        /// as many as [`NewSession::at_most`](super::NewSession::at_most).
        ended: Vec<SessionId>,
    },
    /// A session with that id existed, live or not. Nothing was written.
    AlreadyExists(SessionRow),
}

/// The result of [`Store::list`](super::Store::list).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_structs,
    reason = "a store must fill in every field"
)]
pub struct ListedSessions {
    /// The live sessions, the latest log-in first.
    pub rows: Vec<SessionRow>,
    /// Whether the account has more live sessions than these.
    pub has_more: bool,
}

/// The result of [`Store::revoke_user`](super::Store::revoke_user) and
/// [`Store::end_revoked`](super::Store::end_revoked).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_structs,
    reason = "a store must fill in every field"
)]
pub struct EndedSessions {
    /// The sessions whose end was recorded, each in one answer only. They were live until then, or
    /// until the revocation.
    pub ids: Vec<SessionId>,
    /// Whether the end of others has yet to be recorded, by
    /// [`Store::end_revoked`](super::Store::end_revoked).
    pub has_more: bool,
}

/// The result of [`Store::rotate`](super::Store::rotate).
#[derive(Debug, Clone)]
#[expect(clippy::exhaustive_enums, reason = "the table of the state machine")]
#[expect(
    clippy::large_enum_variant,
    reason = "nearly every answer is the large one"
)]
pub enum Rotation {
    /// The session continues in this way. The row is the one after the rotation.
    Continued(crate::store::rotation::Continuation, SessionRow),
    /// A token was reused after its rotation. The session was live and is revoked now.
    Reused(crate::store::rotation::Reuse),
    /// The token is revoked by its id.
    Revoked,
    /// The session is unknown, of another account, expired or revoked.
    Ended,
}

/// The reason why a session was revoked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum EndReason {
    /// The user logged out.
    LoggedOut,
    /// Another log-in in the same browser replaced it.
    Replaced,
    /// The application revoked it: from a list of sessions, by an administrator, after a change of
    /// the password.
    Revoked,
    /// A refresh token was reused after its rotation.
    Reused,
    /// A log-in exceeded the number of sessions that a user may have, and this was one of the least
    /// recently used.
    Limit,
}

impl EndReason {
    /// Returns the word that stores keep for the reason.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::LoggedOut => "logged_out",
            Self::Replaced => "replaced",
            Self::Revoked => "revoked",
            Self::Reused => "reused",
            Self::Limit => "limit",
        }
    }

    /// Returns the reason for a stored word. An unknown word, which a newer release may have
    /// written, is [`EndReason::Revoked`], the least specific reason.
    #[must_use]
    pub fn from_name(name: &str) -> Self {
        match name {
            "logged_out" => Self::LoggedOut,
            "replaced" => Self::Replaced,
            "reused" => Self::Reused,
            "limit" => Self::Limit,
            _ => Self::Revoked,
        }
    }
}
