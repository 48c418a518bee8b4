//! The methods that issue tokens and set their cookies, without a session. They hold no logic:
//! `issue` does.

use super::Auth;
use crate::authenticate::Authenticated;
use crate::cookie::SetCookies;
use crate::csrf;
use crate::error::IssueError;
use crate::issue::{self, NewToken, SignedToken, TokenPair};
use crate::purpose::sealed::Kind;
use crate::purpose::{Access, Purpose, Refresh};

impl Auth {
    /// Issues an access token.
    ///
    /// ```
    /// # use handstamp::{Auth, Config, NewToken};
    /// # let auth = Auth::new(Config::builder().secret_key([7; 32].as_slice()).build()?)?;
    /// let plain = auth.create_access_token("user1")?;
    /// let user = NewToken::for_subject("user1");
    /// let scoped = auth.create_access_token(user.clone().scopes(["posts:write"]))?;
    /// let error = auth.create_access_token(user.claim("exp", 0)).unwrap_err();
    /// assert!(error.to_string().starts_with("the claim \"exp\" has a meaning of its own"));
    /// # assert_ne!(plain.id(), scoped.id());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`IssueError`]: a bug in the application, such as a custom claim with a registered name.
    pub fn create_access_token(
        &self,
        token: impl Into<NewToken>,
    ) -> Result<SignedToken<Access>, IssueError> {
        let new = token.into().with_login_type(self.config())?;
        issue::issue(self.config(), self.0.now(), self.0.random(), &new)
    }

    /// Issues a refresh token, which is accepted only to obtain new access tokens.
    ///
    /// # Errors
    /// As [`create_access_token`](Self::create_access_token).
    pub fn create_refresh_token(
        &self,
        token: impl Into<NewToken>,
    ) -> Result<SignedToken<Refresh>, IssueError> {
        let new = token.into().with_login_type(self.config())?;
        issue::issue(self.config(), self.0.now(), self.0.random(), &new)
    }

    /// Issues an access token and a refresh token, for clients that keep tokens themselves.
    /// [`NewToken::expires_in`] is for the access token; the refresh token lives
    /// `JWT_REFRESH_TOKEN_EXPIRES`.
    ///
    /// ```
    /// # use handstamp::{Auth, Config, NewToken};
    /// # let auth = Auth::new(Config::builder().secret_key([7; 32].as_slice()).build()?)?;
    /// let pair = auth.create_token_pair(NewToken::for_subject("user1").fresh())?;
    /// assert!(pair.access().expires_at() < pair.refresh().expires_at());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As [`create_access_token`](Self::create_access_token).
    pub fn create_token_pair(&self, token: impl Into<NewToken>) -> Result<TokenPair, IssueError> {
        let new = token.into().with_login_type(self.config())?;
        issue::issue_pair(self.config(), self.0.now(), self.0.random(), new)
    }

    /// Returns the cookies of an access token: the token, and its CSRF value for script to read.
    ///
    /// # Errors
    /// Returns [`IssueError::CookieTooLarge`] if the token is too long for a cookie.
    pub fn set_access_cookies(
        &self,
        token: &SignedToken<Access>,
    ) -> Result<SetCookies, IssueError> {
        issue::set(self.config(), token)
    }

    /// Returns the cookies of a refresh token: the token, and its CSRF value for script to read.
    ///
    /// # Errors
    /// As [`set_access_cookies`](Self::set_access_cookies).
    pub fn set_refresh_cookies(
        &self,
        token: &SignedToken<Refresh>,
    ) -> Result<SetCookies, IssueError> {
        issue::set(self.config(), token)
    }

    /// Returns all four cookies of a log-in or refresh, with the lifetime that the session has.
    ///
    /// A response that re-issues the presented refresh token has only the two cookies of the access
    /// token: a concurrent response may already have delivered the successor.
    ///
    /// # Errors
    /// As [`set_access_cookies`](Self::set_access_cookies).
    pub fn set_cookies(&self, tokens: &TokenPair) -> Result<SetCookies, IssueError> {
        issue::set_pair(self.config(), tokens)
    }

    /// Returns the lines that delete all four cookies.
    ///
    /// ```
    /// # use handstamp::{Auth, Config};
    /// # let auth = Auth::new(Config::builder().secret_key([7; 32].as_slice()).build()?)?;
    /// let cookies = auth.unset_cookies();
    /// let lines: Vec<String> = cookies.lines().map(|line| line.to_header_value()).collect();
    /// assert_eq!(lines.len(), 4);
    /// assert!(lines[0].starts_with(
    ///     "access_token_cookie=; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; Max-Age=0;"
    /// ));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Security
    /// Only the browser drops the tokens: a copied token is accepted until it expires.
    /// [`log_out`](Self::log_out) ends the session as well.
    pub fn unset_cookies(&self) -> SetCookies {
        issue::unset(self.config(), &[Kind::Access, Kind::Refresh])
    }

    /// Returns the lines that delete the cookies of the access token.
    pub fn unset_access_cookies(&self) -> SetCookies {
        issue::unset(self.config(), &[Kind::Access])
    }

    /// Returns the lines that delete the cookies of the refresh token.
    pub fn unset_refresh_cookies(&self) -> SetCookies {
        issue::unset(self.config(), &[Kind::Refresh])
    }

    /// Returns the token's CSRF value under a random mask, to be rendered in a page. It is accepted
    /// in a header and in a form field, and is empty if the token has no CSRF value.
    ///
    /// ```
    /// # use handstamp::{Auth, Authenticated, error::IssueError, purpose::Access};
    /// fn form(auth: &Auth, token: &Authenticated<Access>) -> Result<String, IssueError> {
    ///     let csrf = auth.masked_csrf(token)?; // letters, digits, and `-_.`: no need to escape it
    ///     Ok(format!(
    ///         r#"<form method="post"><input type="hidden" name="csrf_token" value="{csrf}">"#
    ///     ))
    /// }
    /// ```
    ///
    /// # Security
    /// Do not render [`Authenticated::csrf`] itself: in a compressed page that echoes the request
    /// it can be guessed from the length of the response (BREACH).
    ///
    /// # Errors
    /// [`IssueError::Random`].
    pub fn masked_csrf<P: Purpose>(&self, token: &Authenticated<P>) -> Result<String, IssueError> {
        match token.csrf() {
            None | Some("") => Ok(String::new()),
            Some(value) => {
                csrf::masked::mask(value, self.0.random()).map_err(|_| IssueError::Random)
            }
        }
    }
}
