//! The face of the library: all that an application calls. Each method reads the clock at most once, hands everything below
//! it what it needs, and makes the response of a reason to refuse. It holds no logic: `issue`, `authenticate` and `session`
//! do.

mod adapters;
mod builder;
mod rejections;
mod requests;
mod sessions;
#[cfg(test)]
mod tests;
mod tokens;

use std::fmt;
use std::sync::Arc;

pub use builder::AuthBuilder;

use crate::config::Config;
use crate::context::Context;
use crate::error::{AuthError, AuthFailure, ConfigError, Rejection, RejectionKind};

/// Makes tokens, sets cookies, and checks what requests bring. Cheap to clone: all clones are one.
///
/// ```
/// use handstamp::{Auth, Config, minutes};
///
/// let auth = Auth::new(
///     Config::builder()
///         .secret_key("a secret of at least thirty-two bytes")
///         .access_token_expires(minutes(15))
///         .build()?,
/// )?;
/// let access = auth.create_access_token("user1")?;
/// let cookies = auth.set_access_cookies(&access)?;
/// assert_eq!(cookies.lines().count(), 2); // the token, and its CSRF value
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Auth(Arc<Context>);

impl Auth {
    /// Makes one with the system's clock and random source, and without a store: tokens are good
    /// until they expire, and a log-out only deletes cookies. With
    /// [a store](AuthBuilder::store), log-ins are sessions, which a log-out ends.
    ///
    /// Without a store, the first log-in, refresh or log-out logs a warning that says so, unless
    /// `JWT_SESSION_TRACKING=false` says that this is meant.
    ///
    /// # Errors
    /// [`ConfigError`] where `JWT_SESSION_TRACKING=true`, because sessions need a store.
    pub fn new(config: Config) -> Result<Self, ConfigError> {
        Self::builder(config).build()
    }

    /// To bring a store, a blocklist, or a clock and random source of one's own.
    pub fn builder(config: Config) -> AuthBuilder {
        AuthBuilder::new(config)
    }

    /// Whether both are clones of one. Tokens that one `Auth` let in mean nothing to another.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// The settings in force.
    #[must_use]
    pub fn config(&self) -> &Config {
        self.0.config()
    }

    #[cfg(test)]
    pub(crate) fn context(&self) -> &Context {
        &self.0
    }

    fn reject(&self, reason: RejectionKind) -> Rejection {
        self.0.reject(reason)
    }

    fn fail(&self, failure: AuthFailure) -> AuthError {
        match failure {
            AuthFailure::Rejected(reason) => AuthError::Rejected(self.reject(reason)),
            AuthFailure::Issue(error) => AuthError::Issue(error),
        }
    }
}

impl fmt::Debug for Auth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Auth")
            .field("config", self.config())
            .finish_non_exhaustive()
    }
}
