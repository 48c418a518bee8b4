//! Putting a configuration together.

use std::ffi::OsString;

use super::{
    Config, check,
    cookies::Cookies,
    csrf::Csrf,
    danger::Dangers,
    env,
    errors::Errors,
    implicit_refresh::{self, ImplicitRefresh},
    keys::Keys,
    locations::Locations,
    login_type::LoginType,
    origins::Origins,
    report::Report,
    sessions::Sessions,
    tokens::Tokens,
};
use crate::error::ConfigError;

/// Settings on their way to a [`Config`]: one method per setting, and the environment.
///
/// Of several values for one setting the last counts, so [`ConfigBuilder::env`] divides the calls: those before it are defaults that
/// the environment may replace, those after it are fixed. Nothing here fails; [`ConfigBuilder::build`] tells everything at once.
///
/// ```
/// use handstamp::{Config, Location, minutes};
///
/// let config = Config::builder()
///     .access_token_expires(minutes(5))
///     .env_from([
///         ("JWT_ACCESS_TOKEN_EXPIRES".into(), "10m".into()),
///         ("JWT_SECRET_KEY".into(), "a secret of thirty-two bytes or more".into()),
///     ])
///     .token_locations([Location::Cookies])
///     .build()?;
/// # Ok::<(), handstamp::error::ConfigError>(())
/// ```
#[derive(Debug, Default)]
#[must_use = "nothing is checked before `build()`"]
pub struct ConfigBuilder {
    pub(super) keys: Keys,
    pub(super) tokens: Tokens,
    pub(super) errors: Errors,
    pub(super) locations: Locations,
    pub(super) login_type: LoginType,
    pub(super) cookies: Cookies,
    pub(super) csrf: Csrf,
    pub(super) sessions: Sessions,
    pub(super) implicit_refresh: ImplicitRefresh,
    pub(super) origins: Origins,
    pub(super) dangers: Dangers,
    pub(super) report: Report,
}

impl ConfigBuilder {
    /// Reads `JWT_…` and `HANDSTAMP_…` from the environment of this process. They replace what was set before this call.
    ///
    /// ```
    /// use handstamp::Config;
    ///
    /// let config = Config::builder()
    ///     .env()
    ///     .secret_key("a secret of thirty-two bytes or more")
    ///     .build()?;
    /// # Ok::<(), handstamp::error::ConfigError>(())
    /// ```
    pub fn env(self) -> Self {
        self.env_from(std::env::vars_os())
    }

    /// The same from other variables: those of a test, or those that a program has left after taking its own.
    ///
    /// Names count without case, as in the original. Variables that begin neither with `JWT_` nor with `HANDSTAMP_` are ignored.
    ///
    /// ```
    /// use handstamp::Config;
    ///
    /// let error = Config::builder()
    ///     .env_from([("HANDSTAMP_PUBLIC_ORIGEN".into(), "https://example.com".into())])
    ///     .secret_key("a secret of thirty-two bytes or more")
    ///     .build()
    ///     .unwrap_err();
    /// assert_eq!(error.problems()[0].help(), "Did you mean HANDSTAMP_PUBLIC_ORIGIN?");
    /// ```
    pub fn env_from(mut self, variables: impl IntoIterator<Item = (OsString, OsString)>) -> Self {
        env::apply(&mut self, variables);
        self
    }

    /// Whether a setting was given so far, in code or by the environment, even with a value that
    /// is of no use. A program asks when one of its own defaults depends on another setting.
    ///
    /// `key` is the name in the environment, in capitals.
    ///
    /// ```
    /// use handstamp::Config;
    ///
    /// let mut builder = Config::builder().env();
    /// if !builder.is_given("JWT_COOKIE_SECURE") {
    ///     builder = builder.cookie_secure(false); // this program listens on localhost only
    /// }
    /// assert!(builder.is_given("JWT_COOKIE_SECURE"));
    /// ```
    #[must_use]
    pub fn is_given(&self, key: &str) -> bool {
        // A value that could not be read at all, such as a missing file, left a problem behind.
        self.report.is_given(key) || !self.report.is_sound(key)
    }

    /// Whether a key that signs or verifies was given so far, even one that is of no use. A
    /// program that keeps a key of its own asks whether one is needed.
    ///
    /// ```
    /// use handstamp::Config;
    ///
    /// let builder = Config::builder();
    /// assert!(!builder.has_key());
    /// assert!(builder.secret_key("a secret of thirty-two bytes or more").has_key());
    /// ```
    #[must_use]
    pub fn has_key(&self) -> bool {
        let keys = ["JWT_SECRET_KEY", "JWT_PRIVATE_KEY", "JWT_PUBLIC_KEY"];
        keys.into_iter().any(|key| self.is_given(key))
    }

    /// Whether any setting of implicit refresh was given so far. A program that has the layer for
    /// it only on demand asks.
    ///
    /// ```
    /// use handstamp::{Config, minutes};
    ///
    /// let builder = Config::builder();
    /// assert!(!builder.has_implicit_refresh());
    /// assert!(builder.implicit_refresh_deltatime(minutes(5)).has_implicit_refresh());
    /// ```
    #[must_use]
    pub fn has_implicit_refresh(&self) -> bool {
        let mut settings = implicit_refresh::SETTINGS.iter();
        settings.any(|setting| self.is_given(setting.name))
    }

    /// Checks everything together.
    ///
    /// # Errors
    /// With every problem there is, each with what to do about it.
    pub fn build(self) -> Result<Config, ConfigError> {
        check::check(self)
    }
}
