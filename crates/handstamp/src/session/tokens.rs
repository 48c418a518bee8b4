//! From a session's row to its tokens.

use super::data::SessionData;
use crate::auth::Auth;
use crate::clock::UnixTime;
use crate::config::CheckSessions;
use crate::error::{IssueError, RejectionKind};
use crate::issue::{self, TokenIdentity};
use crate::signed_token::{SignedToken, TokenPair};
use crate::store::{AccountId, NewSession, SessionId, SessionRow, TokenId};

/// A session as the configuration wants it.
pub(super) fn new_session(
    auth: &Auth,
    id: &SessionId,
    uid: &AccountId,
    first: TokenId,
    data: &SessionData,
) -> NewSession {
    let config = auth.config();
    NewSession {
        data: data.to_text(),
        ..NewSession::new(
            id.clone(),
            uid.clone(),
            first,
            config.session_idle(),
            config.session_absolute(),
        )
    }
}

/// Whether the store never sees the access tokens that would acknowledge a rotation.
pub(super) fn cannot_be_acknowledged(auth: &Auth) -> bool {
    auth.config().check_sessions() == CheckSessions::OnRefresh
}

pub(super) fn read(row: &SessionRow) -> Result<SessionData, RejectionKind> {
    SessionData::read(row).map_err(RejectionKind::StoreUnavailable)
}

/// A new access token, and the session's refresh token: the same claims each time it is made from the same row, so that
/// all who ask within the window get one successor.
pub(super) fn issue(
    auth: &Auth,
    row: &SessionRow,
    data: &SessionData,
) -> Result<TokenPair, IssueError> {
    let ends_at = UnixTime::from_secs(row.ends_at().as_secs());
    let cookie_lifetime = data.client.cookies;
    let access = SignedToken {
        cookie_lifetime,
        ..issue::issue_until(auth, &data.token, ends_at)?
    };
    let stamp = TokenIdentity {
        id: row.current.as_str().to_owned(),
        csrf: data.csrf.clone(),
        issued_at: UnixTime::from_secs(row.rotated_at.as_secs()),
        expires_at: ends_at,
    };
    let refresh = SignedToken {
        cookie_lifetime,
        ..issue::sign(auth, &data.token, stamp)?
    };
    Ok(TokenPair {
        access,
        refresh,
        keeps_refresh_cookie: false,
    })
}
