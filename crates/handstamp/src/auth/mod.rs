//! The public interface of the library. Each method reads the clock at most once, passes what is
//! needed to an inner function, and turns the reason of a refusal into a response. It holds no
//! logic: `issue`, `authenticate` and `session` do.

mod adapters;
mod builder;
#[cfg(feature = "utoipa")]
mod described;
mod one_time;
mod ready_routes;
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

/// Issues tokens, sets cookies and authenticates requests. A clone is cheap and shares all state.
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
    /// Creates an `Auth` with the clock and random source of the system, and without a store:
    /// tokens are valid until they expire, and a log-out only deletes cookies. With [a
    /// store](AuthBuilder::store), log-ins are sessions, which a log-out ends.
    ///
    /// Without a store, the first log-in, refresh or log-out logs a warning about it, unless
    /// `JWT_SESSION_TRACKING=false` confirms that this is intended.
    ///
    /// # Errors
    /// Returns [`ConfigError`] if `JWT_SESSION_TRACKING=true`, because sessions need a store.
    pub fn new(config: Config) -> Result<Self, ConfigError> {
        Self::builder(config).build()
    }

    /// Returns a builder, which takes a store, a blocklist, a clock and a random source.
    pub fn builder(config: Config) -> AuthBuilder {
        AuthBuilder::new(config)
    }

    /// Returns whether both are clones of the same `Auth`. A token that one `Auth` admitted is not
    /// valid for another.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// Returns the settings in force.
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
