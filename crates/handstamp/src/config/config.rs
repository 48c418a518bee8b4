//! A configuration that was checked, and the values derived from its settings.

use std::time::Duration;

use super::{settings::Settings, token_cookies::TokenCookies};
use crate::{jws::KeySet, location::Location, purpose::sealed::Kind};

/// A complete configuration whose settings were checked together.
///
/// ```
/// use handstamp::{Config, Location, days, minutes};
///
/// let config = Config::builder()
///     .secret_key("a secret of thirty-two bytes or more")
///     .token_locations([Location::Cookies])
///     .access_token_expires(minutes(15))
///     .refresh_token_expires(days(30))
///     .build()?;
/// assert!(config.warnings().is_empty());
/// assert!(!format!("{config:?}").contains("thirty-two"));
/// # Ok::<(), handstamp::error::ConfigError>(())
/// ```
#[derive(Debug)]
pub struct Config {
    /// The settings themselves, without the texts of keys.
    pub(crate) settings: Settings,
    pub(super) login_type: Option<String>,
    pub(super) keys: KeySet,
    pub(super) access_cookies: TokenCookies,
    pub(super) refresh_cookies: TokenCookies,
    pub(super) warnings: Vec<String>,
}

/// How long browsers keep a cookie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CookieLifetime {
    /// Until the browser closes.
    Session,
    /// For this long, whatever the lifetime of the token.
    Fixed(Duration),
    /// As long as the refresh token lives, those of the access token as well: a browser that sends
    /// an access token that has expired can be told to refresh, and one that sends none is taken
    /// for a visitor.
    AsRefreshToken,
}

impl CookieLifetime {
    /// Returns this lifetime where the refresh token lives as long as `refresh_token`.
    pub(crate) fn with(self, refresh_token: Duration) -> Self {
        match self {
            Self::AsRefreshToken => Self::Fixed(refresh_token),
            Self::Session | Self::Fixed(_) => self,
        }
    }
}

impl Config {
    /// Returns the warnings for the operator, none of which prevents a start: weakenings in use,
    /// unknown names, settings without effect.
    #[must_use]
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// Returns `JWT_REFRESH_TOKEN_EXPIRES`: how long a log-in that is remembered can lie idle.
    ///
    /// ```
    /// use handstamp::session::ClientInfo;
    /// use handstamp::{Config, days};
    ///
    /// let config = Config::builder().secret_key([7; 32].as_slice()).build()?;
    /// assert_eq!(config.refresh_token_expires(), days(20));
    /// let remembered = ClientInfo::new().persistent(config.refresh_token_expires());
    /// # Ok::<(), handstamp::error::ConfigError>(())
    /// ```
    #[must_use]
    pub fn refresh_token_expires(&self) -> Duration {
        self.settings.refresh_token_expires
    }

    /// Returns `JWT_TOKEN_LOCATION`: where tokens are looked for, in this order.
    ///
    /// ```
    /// use handstamp::{Config, Location};
    ///
    /// let config = Config::builder().secret_key([7; 32].as_slice()).build()?;
    /// assert_eq!(config.token_locations(), [Location::Cookies]);
    /// # Ok::<(), handstamp::error::ConfigError>(())
    /// ```
    #[must_use]
    pub fn token_locations(&self) -> &[Location] {
        &self.settings.token_locations
    }

    /// Returns the login type given to
    /// [`ConfigBuilder::login_type`](super::ConfigBuilder::login_type).
    pub(crate) fn login_type(&self) -> Option<&str> {
        self.login_type.as_deref()
    }

    /// Returns all keys, made of `JWT_SECRET_KEY` and the settings that follow it in the table, for
    /// `JWT_ALGORITHM` and `JWT_DECODE_ALGORITHMS`.
    pub(crate) fn keys(&self) -> &KeySet {
        &self.keys
    }

    /// Returns the audiences of which a token must name one: `JWT_DECODE_AUDIENCE`, or else
    /// `JWT_ENCODE_AUDIENCE`, because a service that names itself in its tokens does not want those
    /// that name others.
    pub(crate) fn expected_audience(&self) -> &[String] {
        // If given, the list is not empty: a rule refuses an empty one.
        if self.settings.decode_audience.is_empty() {
            &self.settings.encode_audience
        } else {
            &self.settings.decode_audience
        }
    }

    /// Returns the issuer that tokens must state: `JWT_DECODE_ISSUER`, or else `JWT_ENCODE_ISSUER`,
    /// for the same reason.
    pub(crate) fn expected_issuer(&self) -> Option<&str> {
        let settings = &self.settings;
        let issuer = settings.decode_issuer.as_ref();
        issuer
            .or(settings.encode_issuer.as_ref())
            .map(String::as_str)
    }

    /// Returns the member of a JSON body that carries a token of this purpose: `JWT_JSON_KEY` or
    /// `JWT_REFRESH_JSON_KEY`.
    pub(crate) fn json_member(&self, kind: Kind) -> &str {
        match kind {
            Kind::Access => &self.settings.json_key,
            Kind::Refresh => &self.settings.refresh_json_key,
        }
    }

    /// Returns the cookies of one purpose, from the settings of their names, paths and attributes.
    pub(crate) fn cookies(&self, kind: Kind) -> &TokenCookies {
        match kind {
            Kind::Access => &self.access_cookies,
            Kind::Refresh => &self.refresh_cookies,
        }
    }

    /// Returns how long browsers keep cookies: `JWT_COOKIE_MAX_AGE`, or else as
    /// `JWT_SESSION_COOKIE` selects.
    pub(crate) fn cookie_lifetime(&self) -> CookieLifetime {
        match (self.settings.cookie_max_age, self.settings.session_cookie) {
            (Some(span), _) => CookieLifetime::Fixed(span),
            (None, true) => CookieLifetime::Session,
            (None, false) => CookieLifetime::AsRefreshToken,
        }
    }

    /// Returns whether tokens carry a CSRF value: cookies are listed in `JWT_TOKEN_LOCATION`, and
    /// `JWT_COOKIE_CSRF_PROTECT` is on.
    pub(crate) fn guards_cookies(&self) -> bool {
        let settings = &self.settings;
        settings.cookie_csrf_protect && settings.token_locations.contains(&Location::Cookies)
    }

    /// Returns after how long the last use of a session is written again, or `None` for never, as
    /// `JWT_SESSION_UPDATE_LAST_ACTIVE` selects.
    pub(crate) fn touch_after(&self) -> Option<Duration> {
        (self.settings.session_update_last_active).then_some(TOUCH_AFTER)
    }

    /// Returns the idle timeout, how long a session lives without a refresh:
    /// `HANDSTAMP_SESSION_IDLE`, or else `JWT_REFRESH_TOKEN_EXPIRES`.
    pub(crate) fn idle_timeout(&self) -> Duration {
        let settings = &self.settings;
        settings
            .session_idle
            .unwrap_or(settings.refresh_token_expires)
    }
}

const TOUCH_AFTER: Duration = Duration::from_secs(60);
