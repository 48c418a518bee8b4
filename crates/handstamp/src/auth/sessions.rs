//! The methods that create, refresh, list and end sessions. They hold no logic: `session` does.

use super::Auth;
use crate::authenticate::Authenticated;
use crate::clock::UnixTime;
use crate::cookie::SetCookies;
use crate::error::{AuthError, Rejection, StoreError};
use crate::issue::{NewToken, SignedToken, TokenPair};
use crate::purpose::{Access, Purpose, Refresh};
use crate::request::RequestHead;
use crate::session::{self, ClientInfo, LogOut, Owner, Session, SessionList};
use crate::store::{SessionId, UserRevocation};

impl Auth {
    /// Returns the description of the client that a request contains: the header `User-Agent`, and
    /// its current session, which a log-in replaces. The address is not in the head;
    /// [`ClientInfo::ip`] adds it.
    pub fn client_info(&self, head: &impl RequestHead) -> ClientInfo {
        session::client_info(head, self.config())
    }

    /// Logs a user in: creates a session, and issues a fresh access token and a refresh token. The
    /// application checks the password first.
    ///
    /// Scopes, audience, login type, custom claims and [`NewToken::expires_in`] (of access tokens)
    /// apply to all tokens of the session. The previous session of the request ends, if `client` is
    /// from [`Auth::client_info`].
    ///
    /// Without a store, or where `JWT_SESSION_TRACKING=false`, the tokens belong to no session:
    /// they are valid until they expire, and the lifetime of cookies after a refresh is as
    /// configured.
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
    /// [`AuthError::Rejected`] if the store does not answer; [`AuthError::Issue`] for a bug in the
    /// application. That includes claims for which a cookie has no room, if cookies may carry the
    /// tokens: not only those of this log-in, but the longest ones that can follow in its session.
    pub async fn log_in(
        &self,
        token: impl Into<NewToken>,
        client: ClientInfo,
    ) -> Result<TokenPair, AuthError> {
        session::log_in(&self.0, self.0.now(), token.into(), client)
            .await
            .map_err(|failure| self.fail(failure))
    }

    /// Refreshes: issues a new access token, which is never fresh, and rotates the refresh token of
    /// the session.
    ///
    /// Two tabs that refresh concurrently, a repeated request and a lost response receive the same
    /// refresh token. A token that was rotated before and is presented again after
    /// `HANDSTAMP_REFRESH_GRACE` is a replay, and ends the session.
    /// [`rotation`](crate::store::rotation) has the rules. A refresh token of AuthX, which has no
    /// session, is adopted into one at its first refresh, unless `JWT_SESSION_TRACKING=true` asks
    /// for sessions.
    ///
    /// Without a store, and for a token without a session where `JWT_SESSION_TRACKING=false`, the
    /// refresh token stays the same.
    ///
    /// ```
    /// # use handstamp::purpose::Refresh;
    /// # use handstamp::{Auth, Authenticated, SetCookies, error::AuthError};
    /// async fn handler(
    ///     auth: &Auth,
    ///     token: Authenticated<Refresh>,
    /// ) -> Result<SetCookies, AuthError> {
    ///     let tokens = auth.refresh(&token).await?;
    ///     Ok(auth.set_cookies(&tokens)?)
    /// }
    /// ```
    ///
    /// # Security
    /// With a store, refresh with this method, not by creating an access token from the refresh
    /// token: such a token would belong to no listed session.
    ///
    /// # Errors
    /// [`AuthError::Rejected`]: `session_ended`, `refresh_reused`, `token_revoked`,
    /// `store_unavailable`. No cookie must be deleted for any of them: a concurrent log-in may have
    /// set new ones. [`AuthError::Issue`]: a bug in the application.
    pub async fn refresh(&self, token: &Authenticated<Refresh>) -> Result<TokenPair, AuthError> {
        self.refresh_with(token, |token| token).await
    }

    /// Refreshes as [`refresh`](Self::refresh) does, and lets the application change the claims of
    /// the new tokens. The session keeps the change: later tokens have the same claims, and the
    /// next refresh starts from them.
    ///
    /// Scopes and claims that are kept in tokens otherwise live as long as the session: a role that
    /// was taken away would be refreshed for up to `HANDSTAMP_SESSION_ABSOLUTE`. Keep in tokens
    /// what may be as old as one access token, and load it anew here; look up on each request what
    /// must hold at once, with [`LoadSubject`](crate::subject::LoadSubject). When a role is taken
    /// away, [`change_all_sessions`](Self::change_all_sessions) takes it out of all later tokens,
    /// and [`revoke_all_sessions`](Self::revoke_all_sessions) ends the tokens that still have it.
    ///
    /// Implicit refresh does not renew a token whose claims differ from those of its session,
    /// unless [`on_implicit_refresh`](crate::AuthBuilder::on_implicit_refresh) sets them.
    ///
    /// `change` gets the token as the session has it, and is called once. The account, the session
    /// and the time of the log-in stay the same, and the token is not fresh, whatever it returns.
    ///
    /// ```
    /// # use handstamp::purpose::Refresh;
    /// # use handstamp::{Auth, Authenticated, SetCookies, error::AuthError};
    /// # async fn scopes_of(_: &str) -> Vec<String> { Vec::new() }
    /// async fn handler(
    ///     auth: &Auth,
    ///     token: Authenticated<Refresh>,
    /// ) -> Result<SetCookies, AuthError> {
    ///     let scopes = scopes_of(token.subject()).await; // as your database has them now
    ///     let tokens = auth.refresh_with(&token, |token| token.scopes(scopes)).await?;
    ///     Ok(auth.set_cookies(&tokens)?)
    /// }
    /// ```
    ///
    /// # Errors
    /// As [`refresh`](Self::refresh), and [`IssueError::OtherAccount`](crate::error::IssueError) if
    /// `change` returns a token for another account. Of two refreshes at once that change different
    /// things, one is refused with `store_unavailable`, after the store has rotated the token: the
    /// client repeats it, which succeeds within `HANDSTAMP_REFRESH_GRACE`.
    pub async fn refresh_with(
        &self,
        token: &Authenticated<Refresh>,
        change: impl FnOnce(NewToken) -> NewToken,
    ) -> Result<TokenPair, AuthError> {
        session::refresh(&self.0, self.0.now(), token, change)
            .await
            .map_err(|failure| self.fail(failure))
    }

    /// Changes what the tokens of all sessions of a user say, and returns how many sessions there
    /// were: an administrator takes a role away, and no device has to log in again.
    ///
    /// The change holds from the next refresh of each session. Access tokens that were issued
    /// before are accepted as they are until they expire; where that is too late, also call
    /// [`revoke_all_sessions`](Self::revoke_all_sessions). Tokens without a session are not
    /// changed.
    ///
    /// `change` gets the token as a session has it. It may be called several times for one session,
    /// and never undoes a change that another request makes at the same time. As with
    /// [`refresh_with`](Self::refresh_with), account, session and time of the log-in stay the same.
    ///
    /// ```
    /// # use handstamp::{Auth, Config, session::ClientInfo, store::MemoryStore};
    /// use handstamp::NewToken;
    ///
    /// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
    /// # let config = Config::builder().secret_key([7; 32].as_slice()).build()?;
    /// # let auth = Auth::builder(config).store(MemoryStore::new()).build()?;
    /// let editor = NewToken::for_subject("user1").scopes(["posts:read", "posts:write"]);
    /// auth.log_in(editor, ClientInfo::new()).await?;
    ///
    /// // First in the application's own database, and then:
    /// let demote = |token: NewToken| token.scopes(["posts:read"]);
    /// let changed = auth.change_all_sessions("user1", demote).await?;
    /// assert_eq!(changed, 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`AuthError::Issue`] if no token or cookie can hold the change, or it is for another
    /// account: then no session is changed. [`AuthError::Rejected`] with `store_unavailable`, also
    /// when there is no store: then some sessions may be changed, and the call can be repeated.
    ///
    /// # Security
    /// A log-in that has read the role before it was taken away, and calls
    /// [`log_in`](Self::log_in) after this, keeps it: change the database first, and check after
    /// `log_in` that what was read still holds. For login types see
    /// [`revoke_all_sessions`](Self::revoke_all_sessions).
    pub async fn change_all_sessions(
        &self,
        owner: impl Into<Owner>,
        change: impl Fn(NewToken) -> NewToken,
    ) -> Result<usize, AuthError> {
        session::change_all(&self.0, self.0.now(), &owner.into(), change)
            .await
            .map_err(|failure| self.fail(failure))
    }

    /// Records that the user of a running session has just given the password again (step-up), and
    /// returns a fresh access token for [`set_access_cookies`](Self::set_access_cookies). Check the
    /// password first.
    ///
    /// The session keeps its refresh token. The time is stored in the session, so that tokens of
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
    /// [`AuthError::Rejected`]: `session_ended`, `store_unavailable`. [`AuthError::Issue`]: a
    /// mistake of the program.
    pub async fn reauthenticate(
        &self,
        token: &Authenticated<Access>,
    ) -> Result<SignedToken<Access>, AuthError> {
        session::reauthenticate(&self.0, self.0.now(), token)
            .await
            .map_err(|failure| self.fail(failure))
    }

    /// Authenticates a request to log out. Reads the access and the refresh token, expired or not.
    /// For cookies it requires the CSRF value of either token, whatever the method.
    ///
    /// A request without a genuine token is accepted from a sender that may delete cookies: a page
    /// of this service, or a program that is no browser. Nothing ends then
    /// ([`LogOut::ends_nothing`]), and all cookies are deleted.
    ///
    /// Cookies may hold tokens of two users: a sibling subdomain planted one, or a late answer to
    /// one user arrived after the other had logged in. With the CSRF value of either, a page of
    /// this service ends the sessions of both. For any other sender [`log_out`](Self::log_out) ends
    /// what the value proves, deletes no cookie, and returns `ambiguous_cookie`.
    ///
    /// # Errors
    /// `cross_site_request`, `origin_not_allowed`, `missing_csrf_token`, `csrf_mismatch`, and
    /// `ambiguous_cookie` when there are more than four different cookies of one name.
    ///
    /// # Security
    /// A browser sends the refresh cookie below `JWT_REFRESH_COOKIE_PATH` only. The route must lie
    /// below it: otherwise a session whose access cookie has expired is not found, and lives on in
    /// the store, although the browser has lost its cookies.
    pub fn authenticate_log_out(&self, head: &impl RequestHead) -> Result<LogOut, Rejection> {
        session::authenticate_log_out(&self.0, head).map_err(|reason| self.reject(reason))
    }

    /// Logs out: ends the sessions of the tokens of the request, or revokes the tokens that have no
    /// session, and deletes all four cookies. Once it has returned, the tokens are accepted
    /// nowhere, and the browser cannot refresh.
    ///
    /// Without a store only the cookies are deleted: a copied token is accepted until it expires,
    /// and a refresh that is under way sets new cookies.
    ///
    /// A stream that was admitted before, such as server-sent events, goes on unless its handler
    /// [watches](Self::watch) the token.
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
    /// `store_unavailable`, and `ambiguous_cookie` where tokens of another user remain. No cookie
    /// must be deleted then, so that the client can try again.
    pub async fn log_out(&self, log_out: LogOut) -> Result<SetCookies, Rejection> {
        session::log_out(&self.0, log_out)
            .await
            .map_err(|reason| self.reject(reason))
    }

    /// Returns the live sessions of a user, the latest log-in first, at most
    /// `HANDSTAMP_SESSIONS_PER_USER`. Given a token, the session that it belongs to is
    /// [current](Session::is_current).
    ///
    /// The lists of one user take turns, and at most a fiftieth of the time of this process, so
    /// that they never hold up others: one that takes a millisecond is returned twenty times a
    /// second, after a hundred at once.
    ///
    /// # Errors
    /// `store_unavailable`, also when there is no store; `rate_limited` if so many lists of this
    /// user wait that its turn would come after `HANDSTAMP_STORE_TIMEOUT`.
    pub async fn sessions(&self, owner: impl Into<Owner>) -> Result<SessionList, Rejection> {
        session::list(&self.0, &owner.into())
            .await
            .map_err(|reason| self.reject(reason))
    }

    /// Returns the session of a token.
    ///
    /// # Errors
    /// `session_ended` if the token has no session or the session has ended; `store_unavailable`.
    pub async fn session(&self, token: &Authenticated<Access>) -> Result<Session, Rejection> {
        session::of_token(&self.0, token)
            .await
            .map_err(|reason| self.reject(reason))
    }
}

/// Once one of these methods has returned, the tokens that it revoked are accepted nowhere, except
/// by services that check sessions [on refresh](crate::config::CheckSessions::OnRefresh) only.
impl Auth {
    /// Ends one session of this user. Returns `false` if the user has no live session with this id;
    /// the session of another user is never ended.
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

    /// Ends all sessions of the token's user except its own, and returns how many. Tokens without a
    /// session stay valid; [`revoke_all_sessions`](Self::revoke_all_sessions) ends those too.
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

    /// Ends all sessions of a user, and revokes all tokens without a session that were issued until
    /// now, also by a node whose clock is up to 30 seconds ahead. Returns how many sessions ended.
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
    /// If tokens have a login type and the
    /// [configuration](crate::config::ConfigBuilder::login_type) has none, name it:
    /// `Owner::from("1").login_type("user")`, or pass a token. `"1"` alone is a different account,
    /// and no session of the user is ended.
    ///
    /// There is a race with a log-in that has checked the old password and calls
    /// [`log_in`](Self::log_in) only after this: after `log_in`, check that the password is still
    /// the one that was verified.
    ///
    /// A session that begins right after this call is live. A token without a session that is
    /// issued within 30 seconds after it is revoked as well: nothing tells it from one that a node
    /// whose clock is ahead issued before.
    pub async fn revoke_all_sessions(&self, owner: impl Into<Owner>) -> Result<usize, Rejection> {
        session::revoke_user(&self.0, &owner.into(), UserRevocation::All)
            .await
            .map_err(|reason| self.reject(reason))
    }

    /// Revokes what a user had before a time: sessions that were created by then (an adopted
    /// session was created at its adoption), and tokens without a session that were issued by then
    /// or within the next 30 seconds. A time in the future counts as now. Sessions have the time of
    /// the store: if `time` is of another clock, add what that may be behind. It never undoes an
    /// earlier revocation.
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

    /// Revokes one token of this user, by its id and expiry, and the session that adopted it, if it
    /// is a refresh token that was issued without one.
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

    /// Removes expired entries from the store, and returns how many. Call it about once an hour;
    /// `MemoryStore` and Redis do not need it.
    ///
    /// # Errors
    /// [`StoreError`] if the store fails. The call may take longer than `HANDSTAMP_STORE_TIMEOUT`.
    pub async fn purge_sessions(&self) -> Result<u64, StoreError> {
        session::purge(&self.0).await
    }
}
