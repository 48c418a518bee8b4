//! One-time tokens.

use super::Auth;
use crate::error::{IssueError, Rejection};
use crate::one_time::{self, Action, NewOneTimeToken, OneTimeToken, Opened, Redeemed};

/// One-time tokens: [`one_time`](crate::one_time) has the way of one, and an example.
impl Auth {
    /// Issues a token for one action, once.
    ///
    /// ```
    /// # use handstamp::{Auth, error::IssueError, minutes, one_time::Action};
    /// const RESET: Action = Action::new("password-reset", minutes(30));
    ///
    /// fn link(auth: &Auth, user: &str, password_hash: &str) -> Result<String, IssueError> {
    ///     let new = RESET.for_subject(user).bound_to(password_hash);
    ///     let token = auth.create_one_time_token(new)?;
    ///     Ok(format!("https://app.example.com/reset?token={}", token.as_str()))
    /// }
    /// ```
    ///
    /// # Security
    /// Whoever has the text can do the action: it goes to the user's address alone, and in no log.
    /// The link names the host of the settings, never the `Host` of a request, which its sender
    /// chooses.
    ///
    /// # Errors
    /// [`IssueError::UnboundOneTimeToken`] without a store, if the token is bound to nothing;
    /// [`IssueError::LifetimeOutOfRange`], and as
    /// [`create_access_token`](Self::create_access_token).
    pub fn create_one_time_token(
        &self,
        token: NewOneTimeToken,
    ) -> Result<OneTimeToken, IssueError> {
        let has_store = self.0.store().is_some();
        one_time::issue(
            self.config(),
            self.0.now(),
            self.0.random(),
            has_store,
            token,
        )
    }

    /// Opens a token for this action, to learn whose it is. That allows nothing, and a token that
    /// was redeemed already opens as well: it is for the page that asks for a new password, and for
    /// the look-up of what the token is bound to.
    ///
    /// # Errors
    /// `invalid_one_time_token`, 403: the text is no token for this action by a key of this
    /// service, or it has expired. The log has the reason.
    pub fn open_one_time_token(&self, action: Action, token: &str) -> Result<Opened, Rejection> {
        one_time::open(self.config(), self.0.now(), action, token)
            .map_err(|reason| self.reject(reason))
    }

    /// Redeems a token: of any number of calls with it, on any nodes, one succeeds.
    ///
    /// # Security
    /// Without a store, a token can be redeemed while what it is bound to stays as it is. Change it
    /// on condition that it is still what was given, in one statement (`UPDATE ... WHERE hash =
    /// ...`), and look whether a row was changed: of two at once one then wins.
    ///
    /// # Errors
    /// `invalid_one_time_token`, 403: the token was redeemed before, it was revoked
    /// ([`revoke_token`](Self::revoke_token)), or all that its user had when it was issued
    /// ([`revoke_all_sessions`](Self::revoke_all_sessions)), it has expired, or what it is bound to
    /// has changed; only that is known without a store. `store_unavailable`, 503: whether it is
    /// redeemed now is not known; if a second try is refused, the user asks for a new token.
    pub async fn redeem_one_time_token(&self, token: Opened) -> Result<Redeemed, Rejection> {
        one_time::redeem(&self.0, self.0.now(), token)
            .await
            .map_err(|reason| self.reject(reason))
    }
}
