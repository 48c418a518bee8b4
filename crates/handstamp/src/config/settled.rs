//! A configuration that was checked: what the rest of the crate reads settings from.

use std::time::Duration;

use super::{
    CheckSessions, ConfigBuilder, CookieLifetime, CookiePrefix, ErrorStyle, OriginCheck, SameSite,
    TokenCookies, cookies::Cookies, csrf::Csrf, errors::Errors, implicit_refresh::ImplicitRefresh,
    locations::Locations, origins::Origins, sessions::Sessions, tokens::Tokens,
};
use crate::{Location, csrf::Origin, error::ConfigError, keys::KeySet, purpose::sealed::Kind};

/// A complete configuration, in which everything fits together.
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
    pub(super) keys: KeySet,
    pub(super) tokens: Tokens,
    pub(super) errors: Errors,
    pub(super) locations: Locations,
    pub(super) login_type: Option<String>,
    pub(super) cookies: Cookies,
    pub(super) access_cookies: TokenCookies,
    pub(super) refresh_cookies: TokenCookies,
    pub(super) csrf: Csrf,
    pub(super) sessions: Sessions,
    pub(super) implicit_refresh: ImplicitRefresh,
    pub(super) origins: Origins,
    pub(super) warnings: Vec<String>,
}

impl Config {
    /// Starts from the defaults. Only a key has none.
    ///
    /// ```
    /// let error = handstamp::Config::builder().build().unwrap_err();
    /// assert_eq!(
    ///     error.problems()[0].to_string(),
    ///     "JWT_SECRET_KEY: not set, and HS256 needs it. Make one with `openssl rand -base64 64`"
    /// );
    /// ```
    pub fn builder() -> ConfigBuilder {
        ConfigBuilder::default()
    }

    /// Starts from what an application with pages at one origin should have: cookies that no other host can plant
    /// (`HANDSTAMP_COOKIE_PREFIX=host`), a refresh cookie that comes only with requests from the same site, requests of other
    /// sites refused by where they come from, and sessions required, which need a store.
    ///
    /// ```
    /// use handstamp::store::MemoryStore;
    /// use handstamp::{Auth, Config};
    ///
    /// let config = Config::hardened("https://app.example.com")
    ///     .secret_key("a secret of at least thirty-two bytes")
    ///     .build()?;
    /// let auth = Auth::builder(config).store(MemoryStore::new()).build();
    /// let access = auth.create_access_token("user1")?;
    /// let cookies = auth.set_access_cookies(&access)?;
    /// let name = cookies.lines().next().map(|line| line.name().to_owned());
    /// assert_eq!(name.as_deref(), Some("__Host-Http-access_token_cookie"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn hardened(public_origin: impl AsRef<str>) -> ConfigBuilder {
        Self::builder()
            .public_origin(public_origin)
            .cookie_prefix(CookiePrefix::Host)
            .cookie_secure(true)
            .refresh_cookie_samesite(SameSite::Strict)
            .session_tracking(true)
    }

    /// Takes everything from `JWT_…` and `HANDSTAMP_…` in the environment.
    ///
    /// ```
    /// use handstamp::Config;
    ///
    /// match Config::from_env() {
    ///     Ok(config) => config.warnings().iter().for_each(|warning| eprintln!("{warning}")),
    ///     Err(error) => eprintln!("{error}"),
    /// }
    /// ```
    ///
    /// # Errors
    /// With every problem there is, each with what to do about it.
    pub fn from_env() -> Result<Self, ConfigError> {
        Self::builder().env().build()
    }

    /// What the operator should know although the service can start: weakenings in use, names that mean nothing, settings without
    /// effect.
    #[must_use]
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    pub(crate) fn keys(&self) -> &KeySet {
        &self.keys
    }

    pub(crate) fn access_lifetime(&self) -> Duration {
        self.tokens.access_token_expires
    }

    pub(crate) fn refresh_lifetime(&self) -> Duration {
        self.tokens.refresh_token_expires
    }

    pub(crate) fn leeway(&self) -> Duration {
        self.tokens.decode_leeway
    }

    pub(crate) fn encode_nbf(&self) -> bool {
        self.tokens.encode_nbf
    }

    pub(crate) fn encode_audience(&self) -> &[String] {
        &self.tokens.encode_audience
    }

    pub(crate) fn decode_audience(&self) -> &[String] {
        &self.tokens.decode_audience
    }

    pub(crate) fn encode_issuer(&self) -> Option<&str> {
        self.tokens.encode_issuer.as_deref()
    }

    pub(crate) fn decode_issuer(&self) -> Option<&str> {
        self.tokens.decode_issuer.as_deref()
    }

    pub(crate) fn identity_claim(&self) -> &str {
        &self.tokens.identity_claim
    }

    pub(crate) fn login_type(&self) -> Option<&str> {
        self.login_type.as_deref()
    }

    pub(crate) fn error_style(&self) -> ErrorStyle {
        self.errors.error_style
    }

    pub(crate) fn error_message_key(&self) -> &str {
        &self.errors.error_message_key
    }

    pub(crate) fn locations(&self) -> &[Location] {
        &self.locations.token_locations
    }

    pub(crate) fn header_name(&self) -> &str {
        &self.locations.header_name
    }

    /// Empty: the header's whole value is the token.
    pub(crate) fn header_type(&self) -> &str {
        &self.locations.header_type
    }

    pub(crate) fn query_string_name(&self) -> &str {
        &self.locations.query_string_name
    }

    /// The member of a JSON body.
    pub(crate) fn json_key(&self, kind: Kind) -> &str {
        match kind {
            Kind::Access => &self.locations.json_key,
            Kind::Refresh => &self.locations.refresh_json_key,
        }
    }

    pub(crate) fn cookies(&self, kind: Kind) -> &TokenCookies {
        match kind {
            Kind::Access => &self.access_cookies,
            Kind::Refresh => &self.refresh_cookies,
        }
    }

    pub(crate) fn cookie_lifetime(&self) -> CookieLifetime {
        self.cookies.lifetime()
    }

    pub(crate) fn csrf_protect(&self) -> bool {
        self.csrf.cookie_csrf_protect
    }

    /// Whether tokens carry a CSRF value: cookies are a location, and they are guarded.
    pub(crate) fn guards_cookies(&self) -> bool {
        self.csrf_protect() && self.locations().contains(&Location::Cookies)
    }

    pub(crate) fn csrf_in_cookies(&self) -> bool {
        self.csrf.csrf_in_cookies
    }

    /// Whether the CSRF value may come in a form field.
    pub(crate) fn csrf_check_form(&self) -> bool {
        self.csrf.csrf_check_form
    }

    /// In capitals.
    pub(crate) fn csrf_methods(&self) -> &[String] {
        &self.csrf.csrf_methods
    }

    /// `None`: when there is a store.
    pub(crate) fn session_tracking(&self) -> Option<bool> {
        self.sessions.session_tracking
    }

    /// How often a session's last use is format_duration; `None`: never.
    pub(crate) fn touch_after(&self) -> Option<Duration> {
        (self.sessions.session_update_last_active).then_some(TOUCH_AFTER)
    }

    pub(crate) fn session_idle(&self) -> Duration {
        let sessions = &self.sessions;
        sessions.session_idle.unwrap_or(self.refresh_lifetime())
    }

    pub(crate) fn session_absolute(&self) -> Duration {
        self.sessions.session_absolute
    }

    pub(crate) fn refresh_grace(&self) -> Duration {
        self.sessions.refresh_grace
    }

    pub(crate) fn check_sessions(&self) -> CheckSessions {
        self.sessions.check_sessions
    }

    /// Whether requests of this method for this path renew access tokens, where a layer does so.
    pub(crate) fn refreshes_implicitly(&self, method: &str, path: &str) -> bool {
        self.implicit_refresh.concerns(method, path)
    }

    /// With how much time left an access token of this lifetime is renewed.
    pub(crate) fn implicit_refresh_delta(&self, lifetime: Duration) -> Duration {
        self.implicit_refresh.delta(lifetime)
    }

    pub(crate) fn store_timeout(&self) -> Duration {
        self.sessions.store_timeout
    }

    /// Where it is set, requests are judged by where they come from.
    pub(crate) fn public_origin(&self) -> Option<&Origin> {
        self.origins.public_origin.as_ref()
    }

    pub(crate) fn trusted_origins(&self) -> &[Origin] {
        &self.origins.trusted_origins
    }

    pub(crate) fn origin_check(&self) -> OriginCheck {
        self.origins.origin_check
    }
}

const TOUCH_AFTER: Duration = Duration::from_secs(60);
