//! Every way to weaken a service below the defaults of handstamp.
//!
//! Each has a name here and a variable `HANDSTAMP_DANGER_…`, so that one search finds every use,
//! and each use is reported when the service starts.

use super::settings::Settings;

/// A weakening that must be allowed by name, with
/// [`ConfigBuilder::danger`](super::ConfigBuilder::danger).
///
/// ```
/// use handstamp::{Config, config::danger::Danger};
///
/// let config = Config::builder()
///     .secret_key("shared with an old service")
///     .danger(Danger::ShortSecret)
///     .build()?;
/// assert!(config.warnings()[0].contains("HANDSTAMP_DANGER_SHORT_SECRET"));
/// # Ok::<(), handstamp::error::ConfigError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Danger {
    /// Accepts HMAC secrets shorter than the hash ([RFC 7518, section
    /// 3.2](https://www.rfc-editor.org/rfc/rfc7518#section-3.2)).
    ///
    /// # Security
    /// The holder of one token can guess a short secret offline, at billions of attempts a second,
    /// and then sign tokens for any user.
    ShortSecret,
    /// Accepts `JWT_COOKIE_HTTP_ONLY=false`.
    ///
    /// # Security
    /// Any script on the page, an injected one included, can read the tokens and send them
    /// elsewhere.
    ScriptReadableCookies,
    /// Accepts `JWT_COOKIE_CSRF_PROTECT=false`, and `JWT_CSRF_METHODS` without POST, even if no
    /// `HANDSTAMP_PUBLIC_ORIGIN` protects instead.
    ///
    /// # Security
    /// Other sites can make a visitor's browser post to yours with the visitor's cookies.
    NoCsrf,
}

impl Danger {
    /// Returns the name of the setting that allows it, and the setting.
    pub(super) fn setting(self, settings: &mut Settings) -> (&'static str, &mut bool) {
        match self {
            Self::ShortSecret => (
                "HANDSTAMP_DANGER_SHORT_SECRET",
                &mut settings.danger_short_secret,
            ),
            Self::ScriptReadableCookies => (
                "HANDSTAMP_DANGER_SCRIPT_READABLE_COOKIES",
                &mut settings.danger_script_readable_cookies,
            ),
            Self::NoCsrf => ("HANDSTAMP_DANGER_NO_CSRF", &mut settings.danger_no_csrf),
        }
    }
}
