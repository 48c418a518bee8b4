//! Sessions and tokens end before their time.

use super::{EventKind, Owner};
use crate::auth::Auth;
use crate::authenticated::Authenticated;
use crate::clock::UnixTime;
use crate::config::LONGEST_LIFE;
use crate::error::{Rejection, RejectionKind, StoreError};
use crate::purpose::Purpose;
use crate::store::{
    AccountId, EndReason, RevokeSession, RevokeToken, RevokeUser, SessionId, Store, UserRevocation,
};

/// When one of these has returned, nothing that it ended is let in anywhere, but by services that check sessions
/// [on refresh](crate::config::CheckSessions::OnRefresh) only.
impl Auth {
    /// Ends one session of this user. `false` when they have none of this id: an id of somebody else's session ends nothing.
    ///
    /// # Errors
    /// `store_unavailable`, also when there is no store.
    pub async fn revoke_session(
        &self,
        owner: impl Into<Owner>,
        session: &SessionId,
    ) -> Result<bool, Rejection> {
        let uid = owner.into().uid(self.config().login_type());
        let revoked = async {
            let store = self.required_store()?;
            end(self, store, uid, session.clone(), EndReason::Revoked).await
        };
        revoked.await.map_err(|reason| self.reject(reason))
    }

    /// Ends all sessions of the token's user but the one it belongs to, if it belongs to one, and says how many. Tokens
    /// without a session are not meant; [`revoke_all_sessions`](Self::revoke_all_sessions) ends those too.
    ///
    /// # Errors
    /// As [`revoke_session`](Self::revoke_session).
    pub async fn revoke_other_sessions<P: Purpose>(
        &self,
        token: &Authenticated<P>,
    ) -> Result<usize, Rejection> {
        let owner = Owner::from(token);
        // No session has an empty id.
        let kept = owner.current.clone().unwrap_or_else(|| "".into());
        self.revoke_user(owner, UserRevocation::AllBut(kept)).await
    }

    /// Ends everything of a user: all sessions, and all tokens without one that were made until now. Says how many sessions
    /// there were.
    ///
    /// ```
    /// # use handstamp::{Auth, error::Rejection};
    /// async fn password_was_changed(auth: &Auth, user: &str) -> Result<(), Rejection> {
    ///     let ended = auth.revoke_all_sessions(user).await?;
    ///     println!("{ended} devices are logged out");
    ///     Ok(())
    /// }
    /// ```
    ///
    /// # Errors
    /// As [`revoke_session`](Self::revoke_session).
    ///
    /// # Security
    /// Where tokens have a login type and the [configuration](crate::config::ConfigBuilder::login_type) has none, say so:
    /// `Owner::from("1").login_type("user")`, or give a token. Just `"1"` is somebody else, of whom nothing is ended.
    ///
    /// A log-in that has checked the old password and comes to [`log_in`](Self::log_in) only after this is a log-in: after
    /// `log_in`, look whether the password is still the one that was checked. Tokens without a session have whole seconds,
    /// of this node's clock: one made in the same second, also after this, is refused for its whole life.
    pub async fn revoke_all_sessions(&self, owner: impl Into<Owner>) -> Result<usize, Rejection> {
        self.revoke_user(owner.into(), UserRevocation::All).await
    }

    /// Ends what a user had at this time: sessions that had begun (one that was adopted from a token without a session began
    /// when it was adopted), and tokens without a session that were made by then or in the same second. A time in the future is now. Never lets in again what an earlier call had ended.
    ///
    /// # Errors
    /// As [`revoke_session`](Self::revoke_session).
    pub async fn revoke_issued_before(
        &self,
        owner: impl Into<Owner>,
        time: UnixTime,
    ) -> Result<usize, Rejection> {
        self.revoke_user(owner.into(), UserRevocation::Before(time))
            .await
    }

    /// Ends one token of this user, by its id and its own end; and the session that it was given, if it is a refresh token
    /// that came without one.
    ///
    /// ```
    /// # use handstamp::{Auth, Authenticated, error::Rejection, purpose::Access};
    /// async fn once_only(auth: &Auth, token: &Authenticated<Access>) -> Result<(), Rejection> {
    ///     auth.revoke_token(token, token.id(), token.expires_at()).await
    /// }
    /// ```
    ///
    /// # Errors
    /// As [`revoke_session`](Self::revoke_session).
    pub async fn revoke_token(
        &self,
        owner: impl Into<Owner>,
        id: &str,
        expires_at: UnixTime,
    ) -> Result<(), Rejection> {
        let uid = owner.into().uid(self.config().login_type());
        let until = self.retain_until(expires_at);
        let revoked = async {
            let store = self.required_store()?;
            let session = SessionId::adopting(&uid, &id.into());
            let revoke = RevokeToken::new(uid.clone(), id.into(), until);
            self.with_timeout(store.revoke_token(revoke)).await?;
            self.watchers().notify(&uid);
            end(self, store, uid, session, EndReason::Revoked).await
        };
        revoked
            .await
            .map(drop)
            .map_err(|reason| self.reject(reason))
    }

    /// Removes from the store what is over. Call it from time to time; every hour is often enough. A `MemoryStore` and Redis
    /// need none of it.
    ///
    /// # Errors
    /// When the store cannot. It may take longer than `HANDSTAMP_STORE_TIMEOUT`.
    pub async fn purge_sessions(&self) -> Result<u64, StoreError> {
        match self.store() {
            Some(store) => store.purge().await,
            None => Ok(0),
        }
    }

    async fn revoke_user(&self, owner: Owner, which: UserRevocation) -> Result<usize, Rejection> {
        let uid = owner.uid(self.config().login_type());
        let revoked = async {
            // Remembered for as long as any token can live.
            let revoke = RevokeUser::new(uid.clone(), which, EndReason::Revoked, LONGEST_LIFE);
            let ended = self
                .with_timeout(self.required_store()?.revoke_user(revoke))
                .await?;
            self.watchers().notify(&uid);
            Ok(ended)
        };
        let ended: Vec<SessionId> = revoked.await.map_err(|reason| self.reject(reason))?;
        for session in &ended {
            self.emit(EventKind::Revoked(EndReason::Revoked), &uid, session);
        }
        Ok(ended.len())
    }
}

/// Ends one session, if it is live.
pub(super) async fn end(
    auth: &Auth,
    store: &dyn Store,
    uid: AccountId,
    session: SessionId,
    reason: EndReason,
) -> Result<bool, RejectionKind> {
    let revoke = RevokeSession::new(uid.clone(), session.clone(), reason);
    let ended = auth.with_timeout(store.revoke_session(revoke)).await?;
    if ended {
        auth.watchers().notify(&uid);
        auth.emit(EventKind::Revoked(reason), &uid, &session);
    }
    Ok(ended)
}
