//! The settings of the library: the environment over the defaults of this program.
//!
//! The library reads and checks every `JWT_*` and `HANDSTAMP_*` variable. This program only asks
//! which of them were given, where its own defaults depend on them.

use std::ffi::OsStr;
use std::io;
use std::net::SocketAddr;
use std::path::Path;

use handstamp_axum::Config;
use handstamp_axum::handstamp::config::ConfigBuilder;
use handstamp_axum::handstamp::error::ConfigError;
use handstamp_axum::handstamp::secret::Secret;

use super::environment::Environment;
use crate::accounts::throttle::Key;
use crate::http::client_address::Network;
use crate::http::{ImplicitRefresh, Transport};
use crate::storage::secret_file;

/// The settings of the environment, before they are checked.
pub(super) struct Settings(ConfigBuilder);

impl Settings {
    pub(super) fn new(environment: Environment) -> Self {
        Self(Config::builder().env_from(environment.into_variables()))
    }

    pub(super) fn exposure(&self, address: SocketAddr, proxies: &[Network]) -> Exposure {
        let has_proxy = self.0.is_given("HANDSTAMP_PUBLIC_ORIGIN") || !proxies.is_empty();
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

    /// Checks everything together.
    pub(super) fn config(
        self,
        exposure: Exposure,
        port: u16,
        key: SigningKey,
    ) -> Result<Config, ConfigError> {
        let Self(mut builder) = self;
        // Browsers use plain HTTP on the loopback interface. Cookies that are not Secure cannot
        // leak there: they never leave the host.
        if exposure == Exposure::Loopback && !builder.is_given("JWT_COOKIE_SECURE") {
            builder = builder.cookie_secure(false);
        }
        if exposure == Exposure::Public
            && !builder.is_given("HANDSTAMP_PUBLIC_ORIGIN")
            && !builder.is_given("JWT_COOKIE_SECURE")
        {
            tracing::warn!(
                "cookies are Secure, and over plain HTTP from another host browsers keep none: a log-in answers 200 and \
                 logs no one in. Serve it by HTTPS, with HANDSTAMP_PUBLIC_ORIGIN, or set JWT_COOKIE_SECURE: to true once \
                 it is, to false in a closed network"
            );
        }
        if exposure == Exposure::Public && !builder.is_given("HANDSTAMP_PUBLIC_ORIGIN") {
            tracing::warn!(
                "other hosts can reach this server, and HANDSTAMP_PUBLIC_ORIGIN is not set: the page that sends a log-in is \
                 compared with the header Host alone, which a proxy may change, and then each log-in is refused as \
                 origin_not_allowed. Set it to the origin in the browser's address bar, such as https://login.example.com"
            );
        }
        // Ports of one host share cookies. A key that only this program has tells that no neighbour
        // accepts its cookies; with one that was given, the names may be shared on purpose.
        let has_own_names = NAMES.iter().any(|name| builder.is_given(name));
        if exposure == Exposure::Loopback
            && !matches!(key, SigningKey::Given)
            && ![0, DEFAULT_PORT].contains(&port)
            && !has_own_names
        {
            tracing::info!(
                "the names of the cookies end with _{port}: ports of one host share cookies"
            );
            builder = builder.cookie_suffix(format!("_{port}"));
        }
        if let SigningKey::Kept(secret) = key {
            builder = builder.secret_key(secret);
        }
        builder.build()
    }
}

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

/// Returns how browsers reach the server, by its public origin alone.
pub(super) fn transport(environment: &Environment) -> Transport {
    let origin = environment.get("HANDSTAMP_PUBLIC_ORIGIN");
    let origin = origin.map(OsStr::to_ascii_lowercase);
    let origin = origin.as_deref().and_then(OsStr::to_str);
    match origin.and_then(|origin| origin.strip_prefix("https://")) {
        Some(host) if !has_port(host) => Transport::Https,
        _ => Transport::Unknown,
    }
}

/// Returns whether an origin has a port. That of HTTPS is not written.
fn has_port(host: &str) -> bool {
    let end = host.rsplit_once(':').map(|(_, end)| end);
    end.is_some_and(|end| end.parse::<u16>().is_ok())
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
