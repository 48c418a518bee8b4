//! Events of sessions, for the log and for the listener of the application.

use std::fmt;

use super::LoggedAccount;
use crate::config::Config;
use crate::request::UserAgent;
use crate::store::rotation::{Continuation, Reuse};
use crate::store::{AccountId, EndReason, SessionId};

/// An event of a session, passed to
/// [`AuthBuilder::on_session_event`](crate::AuthBuilder::on_session_event).
///
/// # Security
/// `Debug` prints hashes of the ids, so that it can be logged.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct SessionEvent {
    /// The kind of the event.
    pub kind: EventKind,
    /// The account that the session belongs to.
    pub account: AccountId,
    /// The id of the session.
    pub session: SessionId,
    /// The two clients of an [`EventKind::ReissuedLate`], and `None` for other kinds.
    pub clients: Option<Clients>,
}

/// The two clients of a late re-issue, as they describe themselves.
///
/// They are the same where a response was lost. Where they differ, a copy of the token may be in
/// use; or the browser was updated while the laptop slept, so a difference ends no session.
///
/// ```
/// use handstamp::store::MemoryStore;
/// use handstamp::{Auth, Config};
///
/// # let config = Config::builder().secret_key([7; 32].as_slice()).build()?;
/// let auth = Auth::builder(config)
///     .store(MemoryStore::new())
///     .on_session_event(|event| match &event.clients {
///         Some(clients) if clients.differ() => eprintln!(
///             "{:?} logged in with {}, and {} presents an old token",
///             event.session, clients.recorded, clients.presenting
///         ),
///         _ => {}
///     })
///     .build()?;
/// # Ok::<(), handstamp::error::ConfigError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Clients {
    /// The client that logged in, as the session has recorded it.
    pub recorded: UserAgent,
    /// The client that presents the late token.
    pub presenting: UserAgent,
}

impl Clients {
    pub(crate) fn new(recorded: UserAgent, presenting: UserAgent) -> Self {
        Self {
            recorded,
            presenting,
        }
    }

    /// Returns whether they are browsers of different families, or on different systems. Returns
    /// `false` if the session has recorded no client.
    #[must_use]
    pub fn differ(&self) -> bool {
        let kind = |client: &UserAgent| (client.browser(), client.system());
        self.recorded.as_str().is_some() && kind(&self.recorded) != kind(&self.presenting)
    }
}

/// The kind of a [`SessionEvent`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum EventKind {
    /// A user logged in.
    LoggedIn,
    /// A refresh token without a session, such as AuthX issues, was adopted into one.
    Adopted,
    /// A refresh token was rotated.
    Rotated,
    /// The current refresh token was presented within the grace window, and re-issued.
    Debounced,
    /// The previous refresh token was presented within the grace window.
    Reissued,
    /// The previous refresh token was presented after the grace window, and its successor was never
    /// used: the response was lost, or the device was suspended, or a thief rotated it first. The
    /// event names [both clients](SessionEvent::clients). A third generation in a row for which
    /// this happens is [`Reused`](Self::Reused).
    ReissuedLate,
    /// The store had lost its last writes to this session.
    Recovered,
    /// A refresh token was replayed: it has two holders, one of which may have stolen it. The
    /// session is revoked.
    Reused(Reuse),
    /// The session was ended.
    Revoked(EndReason),
    /// A token was rejected because its session has expired, was ended before, or is unknown.
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
    /// Logs the event. Events that need the attention of an operator are warnings.
    pub(super) fn log(&self, config: &Config) {
        let Self {
            kind,
            account,
            session,
            clients,
        } = self;
        let account = LoggedAccount::new(account, config);
        if let Some(clients) = clients {
            let Clients {
                recorded,
                presenting,
            } = clients;
            let differ = clients.differ();
            tracing::warn!(?kind, %account, ?session, %recorded, %presenting, differ, "session");
            return;
        }
        match kind {
            EventKind::Reused(_) | EventKind::Recovered | EventKind::ReissuedLate => {
                tracing::warn!(?kind, %account, ?session, "session");
            }
            EventKind::LoggedIn | EventKind::Adopted | EventKind::Revoked(_) => {
                tracing::info!(?kind, %account, ?session, "session");
            }
            EventKind::Rotated
            | EventKind::Debounced
            | EventKind::Reissued
            | EventKind::Expired => tracing::debug!(?kind, %account, ?session, "session"),
        }
    }
}

/// The listener of the application, boxed.
pub(crate) struct Listener(pub(crate) Box<dyn Fn(&SessionEvent) + Send + Sync>);

impl fmt::Debug for Listener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Listener")
    }
}
