//! Log-ins that can be refreshed, listed and ended. It decides nothing: `session` does.

use super::Auth;
use crate::authenticate::Authenticated;
use crate::clock::UnixTime;
use crate::cookie::SetCookies;
use crate::error::{AuthError, Rejection, StoreError};
use crate::issue::{NewToken, SignedToken, TokenPair};
use crate::purpose::{Access, Purpose, Refresh};
use crate::request::RequestHead;
use crate::session::{self, ClientInfo, LogOut, Owner, Session};
use crate::store::{SessionId, UserRevocation};

impl Auth {
    /// What a request tells of its client: the header `User-Agent`, and the session it is in, which a log-in replaces. The
    /// address is not in the head; add it with [`ClientInfo::ip`].
    pub fn client_info(&self, head: &impl RequestHead) -> ClientInfo {
        session::client_info(head, self.config())
    }

    /// Logs somebody in whose password was checked: a new session, with a fresh access token and a refresh token.
    ///
    /// Scopes, audience, login type, custom claims and [`NewToken::expires_in`] (of access tokens) hold for all tokens of
    /// the session. The session that the request was in, if `client` is from [`Auth::client_info`], is ended.
    ///
    /// Without a store, or where `JWT_SESSION_TRACKING=false`, the tokens belong to no session: they are good until they
    /// expire, and how long cookies live after a refresh is as configured.
    ///
    /// ```
    /// # use handstamp::{Auth, Config, NewToken, session::ClientInfo, store::MemoryStore};
    /// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
    /// # let config = Config::builder().secret_key([7; 32].as_slice()).build()?;
    /// # let auth = Auth::builder(config).store(MemoryStore::new()).build()?;
    /// let user = NewToken::for_subject("user1").scopes(["posts:write"]);
    /// let tokens = auth.log_in(user, ClientInfo::new()).await?;
    /// let cookies = auth.set_cookies(&tokens)?;
    /// # assert_eq!(cookies.lines().count(), 4);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`AuthError::Rejected`] when the store does not answer; [`AuthError::Issue`] for a mistake of the program.
    pub async fn log_in(
        &self,
        token: impl Into<NewToken>,
        client: ClientInfo,
    ) -> Result<TokenPair, AuthError> {
        session::log_in(&self.0, self.0.now(), token.into(), client)
            .await
            .map_err(|failure| self.fail(failure))
    }

    /// Exchanges a refresh token: a new access token, never fresh, and the session's refresh token.
    ///
    /// Two tabs that refresh at once, a repeated request and a lost answer get the same refresh token; a token that was
    /// exchanged before, outside of `HANDSTAMP_REFRESH_GRACE`, ends the session. [`rotation`](crate::store::rotation) has the
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
        self.refresh_with(token, |token| token).await
    }

    /// Refreshes as [`refresh`](Self::refresh) does, and lets the application change what the new
    /// tokens say. The session keeps the change: later tokens say the same, and the next refresh
    /// starts from it.
    ///
    /// Scopes and claims that are kept in tokens otherwise live as long as the session: a role that
    /// was taken away would be refreshed for up to `HANDSTAMP_SESSION_ABSOLUTE`. Keep in tokens what
    /// may be as old as one access token, and load it anew here; look up on each request what must
    /// hold at once, with [`LoadSubject`](crate::subject::LoadSubject). When a role is taken away,
    /// [`revoke_all_sessions`](Self::revoke_all_sessions) ends the tokens that still have it.
    ///
    /// `change` gets the token as the session has it, and is called once. The account, the session
    /// and the time of the log-in stay as they are, and the token is not fresh, whatever it returns.
    ///
    /// ```
    /// # use handstamp::purpose::Refresh;
    /// # use handstamp::{Auth, Authenticated, SetCookies, error::AuthError};
    /// # async fn scopes_of(_: &str) -> Vec<String> { Vec::new() }
    /// async fn handler(auth: &Auth, token: Authenticated<Refresh>) -> Result<SetCookies, AuthError> {
    ///     let scopes = scopes_of(token.subject()).await; // as your database has them now
    ///     let tokens = auth.refresh_with(&token, |token| token.scopes(scopes)).await?;
    ///     Ok(auth.set_cookies(&tokens)?)
    /// }
    /// ```
    ///
    /// # Errors
    /// As [`refresh`](Self::refresh), and [`IssueError::OtherAccount`](crate::error::IssueError)
    /// when `change` returns a token for another account.
    pub async fn refresh_with(
        &self,
        token: &Authenticated<Refresh>,
        change: impl FnOnce(NewToken) -> NewToken,
    ) -> Result<TokenPair, AuthError> {
        session::refresh(&self.0, self.0.now(), token, change)
            .await
            .map_err(|failure| self.fail(failure))
    }

    /// Records that the user of a running session has just given the password again (step-up), and
    /// returns a fresh access token for [`set_access_cookies`](Self::set_access_cookies). Check the
    /// password first.
    ///
    /// The session goes on with the same refresh token. The time is kept with it, so that tokens of
    /// later refreshes count for [`Require::fresh_within`](crate::Require::fresh_within) as well.
    ///
    /// ```
    /// # use handstamp::{Auth, Authenticated, SetCookies, error::AuthError, purpose::Access};
    /// async fn password_was_checked(
    ///     auth: &Auth,
    ///     token: &Authenticated<Access>,
    /// ) -> Result<SetCookies, AuthError> {
    ///     let fresh = auth.reauthenticate(token).await?;
    ///     Ok(auth.set_access_cookies(&fresh)?)
    /// }
    /// ```
    ///
    /// # Errors
    /// [`AuthError::Rejected`]: `session_ended`, `store_unavailable`. [`AuthError::Issue`]: a mistake
    /// of the program.
    pub async fn reauthenticate(
        &self,
        token: &Authenticated<Access>,
    ) -> Result<SignedToken<Access>, AuthError> {
        session::reauthenticate(&self.0, self.0.now(), token)
            .await
            .map_err(|failure| self.fail(failure))
    }

    /// Checks a request that wants to log out. Reads the access and the refresh token, expired or not; of cookies it asks
    /// the CSRF value of either of them, whatever the method.
    ///
    /// A token whose signature does not hold, or none at all, is no reason to refuse: there is nobody to log out, and the
    /// cookies, if there are any, are of no use. Of two users' tokens, one of which a sibling subdomain has planted, those count
    /// whose value is shown, and no cookie is deleted.
    ///
    /// # Errors
    /// `cross_site_request`, `origin_not_allowed`, `missing_csrf_token`, `csrf_mismatch`, and `ambiguous_cookie` when there
    /// are more than four different cookies of one name, or without a store tokens of two users.
    ///
    /// # Security
    /// A browser sends the refresh cookie below `JWT_REFRESH_COOKIE_PATH` only. The route must lie there, or a session whose
    /// access cookie is gone is not seen, and goes on.
    pub fn authenticate_log_out(&self, head: &impl RequestHead) -> Result<LogOut, Rejection> {
        session::authenticate_log_out(&self.0, head).map_err(|reason| self.reject(reason))
    }

    /// Logs out: ends the sessions of the request's tokens, or the tokens themselves where they have none, and deletes the
    /// cookies, if the request has any. When it has returned, the tokens are let in nowhere.
    ///
    /// Without a store the cookies are deleted, and whoever copied a token has it until it expires.
    ///
    /// ```
    /// # use handstamp::{Auth, RequestHead, SetCookies, error::Rejection};
    /// async fn handler(auth: &Auth, head: &impl RequestHead) -> Result<SetCookies, Rejection> {
    ///     let log_out = auth.authenticate_log_out(head)?;
    ///     auth.log_out(log_out).await
    /// }
    /// ```
    ///
    /// # Errors
    /// `store_unavailable`: then nothing is to be deleted, so that it can be tried again.
    pub async fn log_out(&self, log_out: LogOut) -> Result<SetCookies, Rejection> {
        session::log_out(&self.0, log_out)
            .await
            .map_err(|reason| self.reject(reason))
    }

    /// The live sessions of a user, the latest log-in first. Given a token, the session that it belongs to is
    /// [current](Session::is_current).
    ///
    /// # Errors
    /// `store_unavailable`, also when there is no store.
    pub async fn sessions(&self, owner: impl Into<Owner>) -> Result<Vec<Session>, Rejection> {
        session::list(&self.0, &owner.into())
            .await
            .map_err(|reason| self.reject(reason))
    }

    /// The session that a token belongs to.
    ///
    /// # Errors
    /// `session_ended` when it belongs to none, or the session is over; `store_unavailable`.
    pub async fn session(&self, token: &Authenticated<Access>) -> Result<Session, Rejection> {
        session::of_token(&self.0, token)
            .await
            .map_err(|reason| self.reject(reason))
    }
}

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
        session::revoke_session(&self.0, &owner.into(), session)
            .await
            .map_err(|reason| self.reject(reason))
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
        session::revoke_others(&self.0, token)
            .await
            .map_err(|reason| self.reject(reason))
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
        session::revoke_user(&self.0, &owner.into(), UserRevocation::All)
            .await
            .map_err(|reason| self.reject(reason))
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
        session::revoke_user(&self.0, &owner.into(), UserRevocation::Before(time))
            .await
            .map_err(|reason| self.reject(reason))
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
        session::revoke_token(&self.0, &owner.into(), id, expires_at)
            .await
            .map_err(|reason| self.reject(reason))
    }

    /// Removes from the store what is over. Call it from time to time; every hour is often enough. A `MemoryStore` and Redis
    /// need none of it.
    ///
    /// # Errors
    /// When the store cannot. It may take longer than `HANDSTAMP_STORE_TIMEOUT`.
    pub async fn purge_sessions(&self) -> Result<u64, StoreError> {
        session::purge(&self.0).await
    }
}
