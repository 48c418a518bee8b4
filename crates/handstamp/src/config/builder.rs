//! Putting a configuration together.

use std::ffi::OsString;

use super::{
    Config, check, cookies::Cookies, csrf::Csrf, danger::Dangers, env, errors::Errors,
    implicit_refresh::ImplicitRefresh, keys::Keys, locations::Locations, login_type::LoginType,
    origins::Origins, report::Report, sessions::Sessions, tokens::Tokens,
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

    /// Checks everything together.
    ///
    /// # Errors
    /// With every problem there is, each with what to do about it.
    pub fn build(self) -> Result<Config, ConfigError> {
        check::check(self)
    }
}
