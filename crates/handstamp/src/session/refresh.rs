//! A session goes on.

use super::data::SessionData;
use super::rotation::Continuation;
use super::{ClientInfo, EventKind, admit, revoke, tokens};
use crate::admission::Admission;
use crate::auth::Auth;
use crate::authenticated::Authenticated;
use crate::claims::Claims;
use crate::error::{AuthError, IssueError, RejectionKind};
use crate::issue::{self, TokenIdentity};
use crate::new_token::NewToken;
use crate::purpose::Refresh;
use crate::purpose::sealed::Kind;
use crate::signed_token::TokenPair;
use crate::store::{
    Created, EndReason, NewSession, Rotate, Rotation, SessionId, SessionRow, Store, TokenId,
};

impl Auth {
    /// Exchanges a refresh token: a new access token, never fresh, and the session's refresh token.
    ///
    /// Two tabs that refresh at once, a repeated request and a lost answer get the same refresh token; a token that was
    /// exchanged before, outside of `HANDSTAMP_REFRESH_GRACE`, ends the session. [`rotation`](super::rotation) has the
    /// rules. A refresh token of AuthX's, which has no session, is given one the first time, unless
    /// `JWT_SESSION_TRACKING=true` asks for sessions.
    ///
    /// Without a store, and for a token without a session where `JWT_SESSION_TRACKING=false`, the refresh token stays the
    /// same.
    ///
    /// ```
    /// # use handstamp::purpose::Refresh;
    /// # use handstamp::{Auth, Authenticated, SetCookies, error::AuthError};
    /// async fn handler(auth: &Auth, token: Authenticated<Refresh>) -> Result<SetCookies, AuthError> {
    ///     let tokens = auth.refresh(&token).await?;
    ///     Ok(auth.set_cookies(&tokens)?)
    /// }
    /// ```
    ///
    /// # Security
    /// With a store, refresh by this and not by making an access token from the refresh token: that token would be in no
    /// list of sessions.
    ///
    /// # Errors
    /// [`AuthError::Rejected`]: `session_ended`, `refresh_reused`, `token_revoked`, `store_unavailable`. No cookie is to be
    /// deleted for any of them: a log-in may have set new ones meanwhile. [`AuthError::Issue`]: a mistake of the program.
    pub async fn refresh(&self, token: &Authenticated<Refresh>) -> Result<TokenPair, AuthError> {
        let claims = token.claims_set();
        let gone_on = match (self.store(), claims.session()) {
            (Some(store), Some(session)) => rotate(self, store, claims, session.into()).await,
            (Some(store), None) if self.keeps_sessions() => adopt(self, store, token).await,
            (Some(store), None) => {
                // A handler may have held the token for long.
                let asked = admit::admit_sessionless(self, store, claims, Kind::Refresh).await;
                let admission = asked.map_err(|reason| self.reject(reason))?;
                if admission != Admission::Admitted {
                    return Err(self.reject(RejectionKind::TokenRevoked).into());
                }
                return Ok(without_session(self, token)?);
            }
            (None, _) => return Ok(without_session(self, token)?),
        };
        let read = gone_on.and_then(|(way, row)| Ok((way, tokens::read(&row)?, row)));
        let (way, data, row) = read.map_err(|reason| self.reject(reason))?;
        Ok(TokenPair {
            keeps_refresh_cookie: way.is_some_and(Continuation::keeps_cookie),
            ..tokens::issue(self, &row, &data)?
        })
    }
}

/// The refresh token once more, as it was.
fn without_session(auth: &Auth, token: &Authenticated<Refresh>) -> Result<TokenPair, IssueError> {
    let claims = token.claims_set();
    let new = NewToken::from(token);
    let stamp = TokenIdentity {
        id: claims.id().to_owned(),
        csrf: claims.csrf().map(str::to_owned),
        issued_at: claims.issued_at,
        expires_at: claims.expires_at,
    };
    Ok(TokenPair {
        access: issue::issue(auth, &new)?,
        refresh: issue::sign(auth, &new, stamp)?,
        keeps_refresh_cookie: false,
    })
}

/// Asks the store to exchange a token. Also for one that was not let in because it is a copy: this ends its session.
pub(crate) async fn rotate(
    auth: &Auth,
    store: &dyn Store,
    claims: &Claims,
    session: SessionId,
) -> Result<(Option<Continuation>, SessionRow), RejectionKind> {
    let uid = claims.uid();
    let presented = claims.presented(&session, auth.config().refresh_grace());
    let rotate = Rotate {
        acknowledged: tokens::cannot_be_acknowledged(auth),
        ..Rotate::new(
            uid.clone(),
            session.clone(),
            presented,
            auth.config().session_idle(),
        )
    };
    let (event, answer) = match auth.with_timeout(store.rotate(rotate)).await? {
        Rotation::Continued(way, row) => (way.into(), Ok((Some(way), row))),
        Rotation::Reused(reuse) => {
            auth.watchers().notify(&uid);
            (EventKind::Reused(reuse), Err(RejectionKind::RefreshReused))
        }
        Rotation::Ended => (EventKind::Expired, Err(RejectionKind::SessionEnded)),
        Rotation::Revoked => return Err(RejectionKind::TokenRevoked),
    };
    auth.emit(event, &uid, &session);
    answer
}

/// Gives a token that has no session the one that is its own: made by whoever comes first, found by all who come later.
async fn adopt(
    auth: &Auth,
    store: &dyn Store,
    token: &Authenticated<Refresh>,
) -> Result<(Option<Continuation>, SessionRow), RejectionKind> {
    let claims = token.claims_set();
    let (uid, id) = (claims.uid(), TokenId::from(claims.id()));
    let session = SessionId::adopting(&uid, &id);
    let data = SessionData {
        token: NewToken::from(token),
        csrf: claims.csrf().map(str::to_owned),
        client: ClientInfo::new(),
    };
    // An id that stores keep in another spelling cannot be signed again as it was: the first token is its successor.
    let first = if id.as_str() == claims.id() {
        id
    } else {
        id.successor(&session)
    };
    let new = NewSession {
        // As long as the token itself is good, its session must not be forgotten.
        keep_until: Some(auth.retain_until(claims.expires_at)),
        ..tokens::new_session(auth, &session, &uid, first, &data)
    };
    let created = auth.with_timeout(store.create(new)).await?;
    // A revocation since the token was let in may not have seen the session. Whichever comes second sees the other.
    if admit::admit_sessionless(auth, store, claims, Kind::Refresh).await? != Admission::Admitted {
        revoke::end(auth, store, uid, session, EndReason::Revoked).await?;
        return Err(RejectionKind::TokenRevoked);
    }
    match created {
        Created::New(row) => {
            auth.emit(EventKind::Adopted, &uid, &session);
            Ok((None, row))
        }
        Created::AlreadyExists(_) => rotate(auth, store, claims, session).await,
    }
}
