//! Lists of the sessions of a user.

use std::fmt;
use std::net::IpAddr;

use super::data::SessionData;
use super::{EventKind, Owner};
use crate::authenticate::Authenticated;
use crate::clock::UnixTime;
use crate::context::Context;
use crate::error::{RejectionKind, StoreError};
use crate::purpose::Access;
use crate::store::{ReadSession, SessionId, SessionRow};

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

/// Returns the live sessions of a user, the latest log-in first.
pub(crate) async fn list(context: &Context, owner: &Owner) -> Result<Vec<Session>, RejectionKind> {
    let account = owner.account(context.config().login_type());
    let rows = context.required_store()?.list(account);
    let rows = context.with_timeout(rows).await?;
    let sessions: Result<Vec<Session>, StoreError> = rows
        .into_iter()
        .map(|row| Session::read(row, owner.current.as_ref()))
        .collect();
    Ok(sessions?)
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
