//! Sessions, to be shown to their user.

use std::fmt;
use std::net::IpAddr;

use super::data::SessionData;
use super::{EventKind, Owner};
use crate::auth::Auth;
use crate::authenticated::Authenticated;
use crate::clock::UnixTime;
use crate::error::{Rejection, RejectionKind, StoreError};
use crate::purpose::Access;
use crate::store::{SessionId, SessionRow};

/// A session, as its user may see it.
#[derive(Clone)]
pub struct Session {
    row: SessionRow,
    ip: Option<IpAddr>,
    user_agent: Option<String>,
    label: Option<String>,
    is_current: bool,
}

/// Says nothing of its user, for logs.
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

    /// Its id, for [`Auth::revoke_session`].
    #[must_use]
    pub fn id(&self) -> &SessionId {
        &self.row.id
    }

    /// When somebody logged in.
    #[must_use]
    pub fn created_at(&self) -> UnixTime {
        self.row.created_at
    }

    /// When it was last used, to the minute. The time of the log-in where `JWT_SESSION_UPDATE_LAST_ACTIVE=false`, or where
    /// sessions are checked on refresh only.
    #[must_use]
    pub fn last_active(&self) -> UnixTime {
        self.row.last_active
    }

    /// When it ends if it is not refreshed.
    #[must_use]
    pub fn ends_at(&self) -> UnixTime {
        self.row.ends_at()
    }

    /// The address at log-in: [`ClientInfo::ip`](super::ClientInfo::ip).
    #[must_use]
    pub fn ip(&self) -> Option<IpAddr> {
        self.ip
    }

    /// The browser at log-in.
    #[must_use]
    pub fn user_agent(&self) -> Option<&str> {
        self.user_agent.as_deref()
    }

    /// What the user calls it: [`ClientInfo::label`](super::ClientInfo::label).
    #[must_use]
    pub fn label(&self) -> Option<&str> {
        self.label.as_deref()
    }

    /// Whether it is the one of the token that [`Auth::sessions`] was given: "this device".
    #[must_use]
    pub fn is_current(&self) -> bool {
        self.is_current
    }
}

impl Auth {
    /// The live sessions of a user, the latest log-in first. Given a token, the session that it belongs to is
    /// [current](Session::is_current).
    ///
    /// # Errors
    /// `store_unavailable`, also when there is no store.
    pub async fn sessions(&self, owner: impl Into<Owner>) -> Result<Vec<Session>, Rejection> {
        let owner = owner.into();
        let listed = async {
            let uid = owner.uid(self.config().login_type());
            let rows = self.with_timeout(self.required_store()?.list(uid)).await?;
            rows.into_iter()
                .map(|row| Session::read(row, owner.current.as_ref()))
                .collect::<Result<_, _>>()
                .map_err(RejectionKind::StoreUnavailable)
        };
        listed.await.map_err(|reason| self.reject(reason))
    }

    /// The session that a token belongs to.
    ///
    /// # Errors
    /// `session_ended` when it belongs to none, or the session is over; `store_unavailable`.
    pub async fn session(&self, token: &Authenticated<Access>) -> Result<Session, Rejection> {
        let mut sessions = self.sessions(token).await?.into_iter();
        sessions.find(Session::is_current).ok_or_else(|| {
            if let Some(session) = token.session_id() {
                self.emit(EventKind::Expired, &token.claims_set().uid(), &session);
            }
            self.reject(RejectionKind::SessionEnded)
        })
    }
}
