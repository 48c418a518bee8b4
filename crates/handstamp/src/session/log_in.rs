//! A session begins.

use super::data::SessionData;
use super::{ClientInfo, EventKind, revoke, tokens};
use crate::auth::Auth;
use crate::error::{AuthError, IssueError};
use crate::issue;
use crate::new_token::NewToken;
use crate::purpose::Access;
use crate::signed_token::TokenPair;
use crate::store::{Created, EndReason, SessionId, TokenId};

impl Auth {
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
    /// # let auth = Auth::builder(config).store(MemoryStore::new()).build();
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
        // A log-in never goes on with a session that was there before.
        let token = NewToken {
            session: None,
            authenticated_at: None,
            ..token.into().with_login_type(self.config())?
        };
        let lifetime = client.cookies;
        let Some(store) = self.store().filter(|_| self.keeps_sessions()) else {
            let mut tokens = self.create_token_pair(token.fresh())?;
            tokens.access.cookie_lifetime = lifetime;
            tokens.refresh.cookie_lifetime = lifetime;
            return Ok(tokens);
        };
        // Before anything is written.
        token.check(self.config().identity_claim())?;
        issue::lifetime::<Access>(self.config(), &token)?;
        let uid = token.uid();
        let [id, csrf] = issue::random_values(self)?;
        let [first, _] = issue::random_values(self)?;
        let id = SessionId::from(id.as_str());
        let replaced = client.carried.clone();
        let data = SessionData {
            token,
            csrf: self.config().guards_cookies().then_some(csrf),
            client,
        };
        let first = TokenId::from(first.as_str());
        let new = tokens::new_session(self, &id, &uid, first.clone(), &data);
        let created = self.with_timeout(store.create(new)).await;
        let row = match created.map_err(|reason| self.reject(reason))? {
            Created::New(row) => row,
            // A driver that did not hear the answer asked twice.
            Created::AlreadyExists(row) if row.uid == uid && row.current == first => row,
            // 128 random bits that came twice: the source is broken.
            Created::AlreadyExists(_) => return Err(IssueError::Random.into()),
        };
        self.emit(EventKind::LoggedIn, &uid, &id);
        let mut data = tokens::read(&row).map_err(|reason| self.reject(reason))?;
        data.token.fresh = true;
        let issued = async {
            let tokens = tokens::issue(self, &row, &data)?;
            for (uid, session) in replaced {
                let ended = revoke::end(self, store, uid, session, EndReason::Replaced).await;
                ended.map_err(|reason| self.reject(reason))?;
            }
            Ok(tokens)
        };
        let issued: Result<TokenPair, AuthError> = issued.await;
        if issued.is_err() {
            // Nobody has its tokens, and nobody shall see it in a list. If that fails too, it ends by itself.
            drop(revoke::end(self, store, uid, id, EndReason::Revoked).await);
        }
        issued
    }
}
