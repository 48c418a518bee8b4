//! Tokens after they are issued.

use std::fmt;
use std::marker::PhantomData;
use std::time::Duration;

use serde::ser::{Serialize, SerializeStruct, Serializer};

use crate::clock::UnixTime;
use crate::config::CookieLifetime;
use crate::purpose::{Access, Purpose, Refresh};
use crate::store::SessionId;

/// A signed token, with what its cookies need. It is never decoded again.
///
/// The purpose is a type parameter: an access token cannot be set as the refresh cookie.
///
/// ```compile_fail
/// # use handstamp::{Auth, SignedToken, purpose::Refresh};
/// fn wrong(auth: &Auth, refresh: &SignedToken<Refresh>) {
///     let _ = auth.set_access_cookies(refresh);
/// }
/// ```
pub struct SignedToken<P> {
    pub(crate) token: String,
    pub(crate) id: String,
    pub(crate) csrf: Option<String>,
    pub(crate) expires_at: UnixTime,
    pub(crate) lifetime: Duration,
    /// The lifetime that the session states, or `None` for that of the configuration.
    pub(crate) cookie_lifetime: Option<CookieLifetime>,
    pub(crate) purpose: PhantomData<P>,
}

impl<P: Purpose> SignedToken<P> {
    /// Returns the token itself, in compact form.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.token
    }

    /// Returns the token's id: the claim `jti`.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Returns the value that requests must repeat in the CSRF header, for clients that cannot read
    /// cookies. Returns `None` if the token has none: cookies are not among the locations, or the
    /// protection is off.
    #[must_use]
    pub fn csrf(&self) -> Option<&str> {
        self.csrf.as_deref()
    }

    /// Returns when the token expires: the claim `exp`.
    #[must_use]
    pub fn expires_at(&self) -> UnixTime {
        self.expires_at
    }

    /// Returns how long the token lives from its issue: for an access token that was just made, the
    /// member `expires_in` of an answer to a client
    /// ([RFC 6749, section 5.1](https://www.rfc-editor.org/rfc/rfc6749#section-5.1)).
    ///
    /// ```
    /// # use handstamp::{Auth, Config, minutes};
    /// # let auth = Auth::new(Config::builder().secret_key([7; 32].as_slice()).build()?)?;
    /// let token = auth.create_access_token("user1")?;
    /// assert_eq!(token.expires_in(), minutes(15));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn expires_in(&self) -> Duration {
        self.lifetime
    }
}

/// Never shows the token: a reader of the log could impersonate its subject.
impl<P: Purpose> fmt::Debug for SignedToken<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignedToken")
            .field("purpose", &P::KIND.claim())
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}

/// The access token and the refresh token of one log-in.
///
/// Serializes as the body that clients of AuthX expect: `access_token`, `refresh_token` and
/// `token_type: "bearer"`.
#[derive(Debug)]
#[must_use = "tokens that are neither set as cookies nor sent log no user in; the old ones may be rotated already"]
pub struct TokenPair {
    pub(crate) access: SignedToken<Access>,
    pub(crate) refresh: SignedToken<Refresh>,
    pub(crate) session: Option<SessionId>,
    /// Whether the browser already has this refresh token, or its successor.
    pub(crate) keeps_refresh_cookie: bool,
}

impl TokenPair {
    /// Returns the access token.
    #[must_use]
    pub fn access(&self) -> &SignedToken<Access> {
        &self.access
    }

    /// Returns the CSRF value of the access token, for clients that cannot read cookies. Both
    /// tokens of a session have the same value; without a session they have different ones.
    ///
    /// ```
    /// # use handstamp::{Auth, Config};
    /// # let auth = Auth::new(Config::builder().secret_key([7; 32].as_slice()).build()?)?;
    /// let tokens = auth.create_token_pair("user1")?;
    /// assert_eq!(tokens.csrf(), tokens.access().csrf());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn csrf(&self) -> Option<&str> {
        self.access.csrf()
    }

    /// Returns the refresh token.
    #[must_use]
    pub fn refresh(&self) -> &SignedToken<Refresh> {
        &self.refresh
    }

    /// Returns the session of the tokens. Returns `None` without a store that tracks sessions.
    ///
    /// An application that finds, after [`Auth::log_in`](crate::Auth::log_in), that the user may no
    /// longer log in ends this session, sends no token, and leaves the user's other sessions alone:
    ///
    /// ```
    /// # use handstamp::{Auth, TokenPair, error::Rejection};
    /// async fn withdraw(auth: &Auth, user: &str, tokens: TokenPair) -> Result<(), Rejection> {
    ///     if let Some(session) = tokens.session_id() {
    ///         auth.revoke_session(user, session).await?;
    ///     }
    ///     Ok(())
    /// }
    /// ```
    #[must_use]
    pub fn session_id(&self) -> Option<&SessionId> {
        self.session.as_ref()
    }
}

impl Serialize for TokenPair {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut pair = serializer.serialize_struct("TokenPair", 3)?;
        pair.serialize_field("access_token", self.access.as_str())?;
        pair.serialize_field("refresh_token", self.refresh.as_str())?;
        pair.serialize_field("token_type", "bearer")?;
        pair.end()
    }
}
