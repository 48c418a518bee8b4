use std::ops::Deref;

use handstamp::purpose::{Access, Purpose, Refresh};
use handstamp::{Config, NewToken, Require, SignedToken, TokenPair};
use handstamp_tower::RequireLayer;

use crate::{IssueError, SetCookies};

/// [`handstamp::Auth`] for axum: put it in the router's state, or in a state that gives it by `FromRef`.
///
/// What returns cookies returns axum's response parts here, and its errors are responses; all else is the core's, by
/// `Deref`.
///
/// With a blocklist:
///
/// ```
/// use handstamp_axum::handstamp::admission::Admission;
/// use handstamp_axum::{Auth, Config, handstamp};
///
/// # let config = Config::builder().secret_key([7; 32].as_slice()).build()?;
/// let auth = Auth::from(
///     handstamp::Auth::builder(config)
///         .with_blocklist(|token| async move {
///             let revoked = token.id() == "the id of a stolen token";
///             Ok(if revoked { Admission::Revoked } else { Admission::Admitted })
///         })
///         .build(),
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Auth(handstamp::Auth);

impl Auth {
    /// With the system's clock and random source, and no blocklist. For others see [`Auth`].
    #[must_use]
    pub fn new(config: Config) -> Self {
        Self(handstamp::Auth::new(config))
    }

    /// A layer that lets requests through only with the token `require` demands. Extractors behind it read what it
    /// verified instead of verifying again.
    ///
    /// ```
    /// # use axum::{Router, routing::get};
    /// # use handstamp_axum::{Access, Auth, Config, Require};
    /// # let auth = Auth::new(Config::builder().secret_key([7; 32].as_slice()).build()?);
    /// let editors: Router = Router::new()
    ///     .route("/drafts", get(async |token: Access| token.subject().to_owned()))
    ///     .route_layer(auth.require(Require::access().any_scope(["posts:write"])))
    ///     .with_state(auth);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn require<P: Purpose>(&self, require: Require<P>) -> RequireLayer<P> {
        RequireLayer::new(self.0.clone(), require)
    }

    /// As [`handstamp::Auth::create_access_token`].
    ///
    /// # Errors
    /// A mistake of the program, such as a custom claim with a registered name.
    pub fn create_access_token(
        &self,
        token: impl Into<NewToken>,
    ) -> Result<SignedToken<Access>, IssueError> {
        Ok(self.0.create_access_token(token)?)
    }

    /// As [`handstamp::Auth::create_refresh_token`].
    ///
    /// # Errors
    /// As [`create_access_token`](Self::create_access_token).
    pub fn create_refresh_token(
        &self,
        token: impl Into<NewToken>,
    ) -> Result<SignedToken<Refresh>, IssueError> {
        Ok(self.0.create_refresh_token(token)?)
    }

    /// As [`handstamp::Auth::create_token_pair`].
    ///
    /// # Errors
    /// As [`create_access_token`](Self::create_access_token).
    pub fn create_token_pair(&self, token: impl Into<NewToken>) -> Result<TokenPair, IssueError> {
        Ok(self.0.create_token_pair(token)?)
    }

    /// As [`handstamp::Auth::set_access_cookies`].
    ///
    /// # Errors
    /// When the token is too long for a cookie.
    pub fn set_access_cookies(
        &self,
        token: &SignedToken<Access>,
    ) -> Result<SetCookies, IssueError> {
        Ok(SetCookies(self.0.set_access_cookies(token)?))
    }

    /// As [`handstamp::Auth::set_refresh_cookies`].
    ///
    /// # Errors
    /// When the token is too long for a cookie.
    pub fn set_refresh_cookies(
        &self,
        token: &SignedToken<Refresh>,
    ) -> Result<SetCookies, IssueError> {
        Ok(SetCookies(self.0.set_refresh_cookies(token)?))
    }

    /// Deletes all four cookies.
    pub fn unset_cookies(&self) -> SetCookies {
        SetCookies(self.0.unset_cookies())
    }

    /// Deletes the access token's cookies.
    pub fn unset_access_cookies(&self) -> SetCookies {
        SetCookies(self.0.unset_access_cookies())
    }

    /// Deletes the refresh token's cookies.
    pub fn unset_refresh_cookies(&self) -> SetCookies {
        SetCookies(self.0.unset_refresh_cookies())
    }
}

impl From<handstamp::Auth> for Auth {
    fn from(auth: handstamp::Auth) -> Self {
        Self(auth)
    }
}

impl Deref for Auth {
    type Target = handstamp::Auth;

    fn deref(&self) -> &handstamp::Auth {
        &self.0
    }
}
