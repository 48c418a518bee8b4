//! Lists of the sessions of a user.

use std::fmt;
use std::net::IpAddr;
use std::ops::Deref;
use std::vec;

use serde::ser::{Serialize, SerializeStruct, Serializer};

use super::data::SessionData;
use super::{EventKind, Owner};
use crate::authenticate::Authenticated;
use crate::clock::UnixTime;
use crate::context::Context;
use crate::error::{RejectionKind, StoreError};
use crate::purpose::Access;
use crate::store::{ListSessions, ReadSession, SessionId, SessionRow};

/// A session of a user, for display.
#[derive(Clone)]
pub struct Session {
    row: SessionRow,
    ip: Option<IpAddr>,
    user_agent: Option<String>,
    label: Option<String>,
    is_current: bool,
}

/// Omits every detail of the user, so that none is logged.
impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("id", self.id())
            .field("is_current", &self.is_current)
            .finish_non_exhaustive()
    }
}

impl Session {
    fn read(row: SessionRow, current: Option<&SessionId>) -> Result<Self, StoreError> {
        let client = SessionData::read(&row)?.client;
        Ok(Self {
            is_current: current == Some(&row.id),
            row,
            ip: client.ip,
            user_agent: client.user_agent,
            label: client.label,
        })
    }

    /// Returns the id of the session, for [`Auth::revoke_session`](crate::Auth::revoke_session).
    #[must_use]
    pub fn id(&self) -> &SessionId {
        &self.row.id
    }

    /// Returns when the user logged in.
    #[must_use]
    pub fn created_at(&self) -> UnixTime {
        self.row.created_at
    }

    /// Returns when the session was last used, to the minute. If
    /// `JWT_SESSION_UPDATE_LAST_ACTIVE=false`, or sessions are checked on refresh only, returns the
    /// time of the log-in.
    #[must_use]
    pub fn last_active(&self) -> UnixTime {
        self.row.last_active
    }

    /// Returns when the session ends unless it is refreshed.
    #[must_use]
    pub fn ends_at(&self) -> UnixTime {
        self.row.ends_at()
    }

    /// Returns the IP address at the log-in: [`ClientInfo::ip`](super::ClientInfo::ip).
    #[must_use]
    pub fn ip(&self) -> Option<IpAddr> {
        self.ip
    }

    /// Returns the `User-Agent` at the log-in.
    #[must_use]
    pub fn user_agent(&self) -> Option<&str> {
        self.user_agent.as_deref()
    }

    /// Returns the name that the user gave the device:
    /// [`ClientInfo::label`](super::ClientInfo::label).
    #[must_use]
    pub fn label(&self) -> Option<&str> {
        self.label.as_deref()
    }

    /// Returns whether the session is that of the token passed to
    /// [`Auth::sessions`](crate::Auth::sessions): "this device".
    #[must_use]
    pub fn is_current(&self) -> bool {
        self.is_current
    }
}

/// As an object for the page that lists the user's devices, whose members are `id`, `device` (the
/// label), `browser` (the user agent), `address`, `logged_in` and `last_active` (in whole seconds
/// since 1970), and `this_device`.
impl Serialize for Session {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut session = serializer.serialize_struct("Session", 7)?;
        session.serialize_field("id", self.id().as_str())?;
        session.serialize_field("device", &self.label())?;
        session.serialize_field("browser", &self.user_agent())?;
        session.serialize_field("address", &self.ip())?;
        session.serialize_field("logged_in", &self.created_at().as_secs())?;
        session.serialize_field("last_active", &self.last_active().as_secs())?;
        session.serialize_field("this_device", &self.is_current())?;
        session.end()
    }
}

/// The sessions of a user, the latest log-in first: what [`Auth::sessions`](crate::Auth::sessions)
/// returns. It is read like a slice.
///
/// ```
/// # use handstamp::{Auth, Config, session::ClientInfo, store::MemoryStore};
/// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
/// # let config = Config::builder().secret_key([7; 32].as_slice()).build()?;
/// # let auth = Auth::builder(config).store(MemoryStore::new()).build()?;
/// auth.log_in("user1", ClientInfo::new().label("laptop")).await?;
///
/// let sessions = auth.sessions("user1").await?;
/// assert_eq!(sessions[0].label(), Some("laptop"));
/// assert!(!sessions.has_more());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct SessionList {
    sessions: Vec<Session>,
    has_more: bool,
}

impl SessionList {
    /// Returns whether the user has more live sessions than these.
    ///
    /// A list has at most `HANDSTAMP_SESSIONS_PER_USER` entries. A user has more only if they were
    /// created while the limit was higher, or by a release without one.
    #[must_use]
    pub fn has_more(&self) -> bool {
        self.has_more
    }
}

/// As an object whose members are `sessions`, a list, and `has_more`.
impl Serialize for SessionList {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_struct("SessionList", 2)?;
        list.serialize_field("sessions", &self.sessions)?;
        list.serialize_field("has_more", &self.has_more)?;
        list.end()
    }
}

impl Deref for SessionList {
    type Target = [Session];

    fn deref(&self) -> &[Session] {
        &self.sessions
    }
}

impl IntoIterator for SessionList {
    type Item = Session;
    type IntoIter = vec::IntoIter<Session>;

    fn into_iter(self) -> Self::IntoIter {
        self.sessions.into_iter()
    }
}

/// Returns the live sessions of a user, the latest log-in first.
pub(crate) async fn list(context: &Context, owner: &Owner) -> Result<SessionList, RejectionKind> {
    let config = context.config();
    let account = owner.account(config.login_type());
    let list = ListSessions::new(account, config.settings.sessions_per_user);
    let listed = context.list(context.required_store()?, list).await?;
    let sessions: Result<Vec<Session>, StoreError> = listed
        .rows
        .into_iter()
        .map(|row| Session::read(row, owner.current.as_ref()))
        .collect();
    Ok(SessionList {
        sessions: sessions?,
        has_more: listed.has_more,
    })
}

/// Returns the session of a token.
pub(crate) async fn of_token(
    context: &Context,
    token: &Authenticated<Access>,
) -> Result<Session, RejectionKind> {
    let store = context.required_store()?;
    let Some(session) = token.session_id() else {
        return Err(RejectionKind::SessionEnded);
    };
    let account = token.claims_set().account();
    let read = store.session(ReadSession::new(account.clone(), session.clone()));
    let Some(row) = context.with_timeout(read).await? else {
        context.emit(EventKind::Expired, &account, &session);
        return Err(RejectionKind::SessionEnded);
    };
    Ok(Session::read(row, Some(&session))?)
}
