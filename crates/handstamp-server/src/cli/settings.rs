//! The settings of the library: the environment over the defaults of this program.
//!
//! The library reads and checks every `JWT_*` and `HANDSTAMP_*` variable. This program only asks
//! which of them were given, where its own defaults depend on them.

use std::io;
use std::net::SocketAddr;
use std::path::Path;

use handstamp_axum::Config;
use handstamp_axum::handstamp::config::{ConfigBuilder, SettingInfo, SettingSource, SettingValue};
use handstamp_axum::handstamp::error::ConfigError;
use handstamp_axum::handstamp::limit::Network;
use handstamp_axum::handstamp::secret::Secret;

use super::environment::Environment;
use super::failure::Failure;
use crate::accounts::throttle::Key;
use crate::http::{ImplicitRefresh, Transport};
use crate::storage::secret_file;

/// The settings of the environment, before they are checked.
pub(super) struct Settings(ConfigBuilder);

impl Settings {
    /// Reads the environment, and takes the public origin of the command line, which must not
    /// contradict it.
    pub(super) fn new(
        environment: Environment,
        public_origin: Option<&str>,
    ) -> Result<Self, Failure> {
        let settings = Self(Config::builder().env_from(environment.into_variables()));
        let Some(origin) = public_origin else {
            return Ok(settings);
        };
        let given = settings.get(PUBLIC_ORIGIN);
        if given.source != SettingSource::Default && given.value.to_string() != origin {
            return Err(Failure::usage(format!(
                "--public-origin {origin}: {PUBLIC_ORIGIN} is set as well, to {}. Leave one of them out",
                given.value
            )));
        }
        Ok(Self(settings.0.public_origin(origin)))
    }

    /// Returns every setting with its value and source.
    pub(super) fn all(&self) -> impl Iterator<Item = SettingInfo> {
        self.0.settings()
    }

    #[expect(
        clippy::expect_used,
        reason = "the names are those of settings, as tests show"
    )]
    fn get(&self, name: &str) -> SettingInfo {
        let found = self.all().find(|setting| setting.name == name);
        found.expect("a setting has this name")
    }

    pub(super) fn exposure(&self, address: SocketAddr, proxies: &[Network]) -> Exposure {
        let has_proxy = self.0.is_given(PUBLIC_ORIGIN) || !proxies.is_empty();
        if address.ip().is_loopback() && !has_proxy {
            Exposure::Loopback
        } else {
            Exposure::Public
        }
    }

    pub(super) fn has_key(&self) -> bool {
        self.0.has_key()
    }

    /// Returns the key of the counts of log-ins. A service that only verifies tokens has no secret,
    /// and nothing to share with other nodes.
    pub(super) fn throttle_key(&self) -> io::Result<Key> {
        self.0
            .signing_secret()
            .map_or_else(Key::random, |secret| Ok(Key::derive(secret)))
    }

    /// Returns whether implicit refresh is enabled, which is the case if any of its settings is
    /// given.
    pub(super) fn implicit_refresh(&self) -> ImplicitRefresh {
        if self.0.has_implicit_refresh() {
            ImplicitRefresh::Enabled
        } else {
            ImplicitRefresh::Disabled
        }
    }

    /// Returns whether no setting is given that changes which checks are made, or what is said of
    /// them.
    pub(super) fn has_usual_checks(&self) -> bool {
        !CHECKS.iter().any(|name| self.0.is_given(name)) && !self.0.has_implicit_refresh()
    }

    /// Returns whether the settings give the key that this program keeps in the file, so that it
    /// has only come in another way.
    pub(super) fn have_key_of(&self, path: &Path) -> bool {
        let secret = self.0.signing_secret();
        secret.is_some_and(|secret| secret_file::has(path, secret))
    }

    /// Adds the defaults of this program.
    pub(super) fn complete(self, exposure: Exposure, port: u16, key: SigningKey) -> Self {
        let Self(mut builder) = self;
        // Browsers use plain HTTP on the loopback interface. Cookies that are not Secure cannot
        // leak there: they never leave the host.
        if exposure == Exposure::Loopback && !builder.is_given("JWT_COOKIE_SECURE") {
            builder = builder.cookie_secure(false);
        }
        // Ports of one host share cookies. A key that only this program has tells that no neighbour
        // accepts its cookies; with one that was given, the names may be shared on purpose.
        let has_own_names = NAMES.iter().any(|name| builder.is_given(name));
        if exposure == Exposure::Loopback
            && !matches!(key, SigningKey::Given)
            && ![0, DEFAULT_PORT].contains(&port)
            && !has_own_names
        {
            builder = builder.cookie_suffix(format!("_{port}"));
        }
        if let SigningKey::Kept(secret) = key {
            builder = builder.secret_key(secret);
        }
        Self(builder)
    }

    /// Returns the end of cookie names that this program chose.
    pub(super) fn own_suffix(&self) -> Option<String> {
        let suffix = self.get("HANDSTAMP_COOKIE_SUFFIX");
        (suffix.source == SettingSource::Code).then(|| suffix.value.to_string())
    }

    /// Returns the warnings about how the service can be reached, which the library does not know.
    pub(super) fn warnings(&self, exposure: Exposure) -> Vec<String> {
        let mut warnings = Vec::new();
        if exposure == Exposure::Public && !self.0.is_given(PUBLIC_ORIGIN) {
            if !self.0.is_given("JWT_COOKIE_SECURE") {
                warnings.push(SECURE_OVER_HTTP.to_owned());
            }
            warnings.push(NO_PUBLIC_ORIGIN.to_owned());
        }
        warnings
    }

    /// Checks everything together.
    pub(super) fn build(self) -> Result<Config, ConfigError> {
        self.0.build()
    }

    /// Returns how browsers reach the server, by its public origin alone.
    pub(super) fn transport(&self) -> Transport {
        match self.get(PUBLIC_ORIGIN).value {
            SettingValue::Text(origin) if is_https_without_port(&origin) => Transport::Https,
            _ => Transport::Unknown,
        }
    }
}

/// The setting that `--public-origin` gives.
pub(super) const PUBLIC_ORIGIN: &str = "HANDSTAMP_PUBLIC_ORIGIN";

const NO_PUBLIC_ORIGIN: &str = "other hosts can reach this server, and HANDSTAMP_PUBLIC_ORIGIN is not set: the page that sends a log-in is compared \
     with the header Host alone, which a proxy may change, and then each log-in is refused as origin_not_allowed. Set it, \
     or --public-origin, to the origin in the browser's address bar, such as https://login.example.com";

const SECURE_OVER_HTTP: &str = "cookies are Secure, and over plain HTTP from another host browsers keep none: a log-in answers 200 and logs no one \
     in. Serve it by HTTPS, with --public-origin or HANDSTAMP_PUBLIC_ORIGIN, or set JWT_COOKIE_SECURE: to true once it \
     is, to false in a closed network";

const CHECKS: [&str; 11] = [
    "HANDSTAMP_CHECK_SESSIONS",
    "HANDSTAMP_ERROR_STYLE",
    "HANDSTAMP_ORIGIN_CHECK",
    "JWT_ACCESS_COOKIE_PATH",
    "JWT_COOKIE_CSRF_PROTECT",
    "JWT_COOKIE_HTTP_ONLY",
    "JWT_CSRF_IN_COOKIES",
    "JWT_CSRF_METHODS",
    "JWT_REFRESH_COOKIE_PATH",
    "JWT_SESSION_TRACKING",
    "JWT_TOKEN_LOCATION",
];

/// The key that signs tokens, by where it comes from.
pub(super) enum SigningKey {
    /// This program has made it, and keeps it next to the database.
    Kept(Secret),
    /// The same, but the settings give it.
    KeptAndGiven,
    /// The settings give it, and others may have it too.
    Given,
}

/// The port of HTTPS is not written. An address of IPv6 ends with a bracket.
fn is_https_without_port(origin: &str) -> bool {
    let host = origin.strip_prefix("https://");
    host.is_some_and(|host| host.ends_with(']') || !host.contains(':'))
}

/// Where the server can be reached from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Exposure {
    /// From its own host only.
    Loopback,
    /// From other hosts too: it listens on another address, or a public origin or a trusted proxy
    /// is configured.
    Public,
}

/// The port whose cookies have the names of AuthX.
pub(super) const DEFAULT_PORT: u16 = 8000;

const NAMES: [&str; 3] = [
    "HANDSTAMP_COOKIE_SUFFIX",
    "JWT_ACCESS_COOKIE_NAME",
    "JWT_REFRESH_COOKIE_NAME",
];
