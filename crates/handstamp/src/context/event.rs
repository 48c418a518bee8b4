//! What happens to sessions, for whoever wants to know.

use std::fmt;

use crate::store::rotation::{Continuation, Reuse};
use crate::store::{AccountId, EndReason, SessionId};

/// Something that happened to a session. See [`AuthBuilder::on_session_event`](crate::AuthBuilder::on_session_event).
///
/// # Security
/// `Debug` prints hashes of the ids, for logs.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct SessionEvent {
    /// What happened.
    pub kind: EventKind,
    /// Whose session it is.
    pub account: AccountId,
    /// Which session.
    pub session: SessionId,
}

/// What happened to a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum EventKind {
    /// Somebody logged in.
    LoggedIn,
    /// A refresh token without a session, such as AuthX makes, got one.
    Adopted,
    /// A refresh token was exchanged for the next one.
    Rotated,
    /// A refresh token came again before the grace window was over: the same token was given back.
    Debounced,
    /// The previous refresh token came within the grace window.
    Reissued,
    /// The previous refresh token came late, and its successor was never used: the answer was lost, or a laptop slept.
    ReissuedLate,
    /// The store had lost its last writes to this session.
    Recovered,
    /// A refresh token came that had been exchanged: there are two holders, and one of them is a thief. The session is
    /// revoked.
    Reused(Reuse),
    /// The session was ended.
    Revoked(EndReason),
    /// A token was refused because its session has expired, was ended before, or is unknown.
    Expired,
}

impl From<Continuation> for EventKind {
    fn from(way: Continuation) -> Self {
        match way {
            Continuation::Rotated => Self::Rotated,
            Continuation::Debounced | Continuation::Acknowledged => Self::Debounced,
            Continuation::Reissued => Self::Reissued,
            Continuation::ReissuedLate => Self::ReissuedLate,
            Continuation::Recovered => Self::Recovered,
        }
    }
}

impl SessionEvent {
    /// For the operator. What asks for a look is a warning.
    pub(crate) fn log(&self) {
        let Self {
            kind,
            account,
            session,
        } = self;
        match kind {
            EventKind::Reused(_) | EventKind::Recovered => {
                tracing::warn!(?kind, ?account, ?session, "session");
            }
            EventKind::LoggedIn
            | EventKind::Adopted
            | EventKind::ReissuedLate
            | EventKind::Revoked(_) => tracing::info!(?kind, ?account, ?session, "session"),
            EventKind::Rotated
            | EventKind::Debounced
            | EventKind::Reissued
            | EventKind::Expired => tracing::debug!(?kind, ?account, ?session, "session"),
        }
    }
}

/// The application's own function, behind one type.
pub(crate) struct Listener(pub(crate) Box<dyn Fn(&SessionEvent) + Send + Sync>);

impl fmt::Debug for Listener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Listener")
    }
}
