//! The configuration of the library: the environment over the binary's own defaults.

use std::net::SocketAddr;

use handstamp_axum::Config;
use handstamp_axum::handstamp::error::ConfigError;
use handstamp_axum::handstamp::secret::Secret;

use crate::cli::environment::Environment;

/// Whom the binary is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reach {
    /// Whoever sits at this machine.
    Loopback,
    /// Others as well: it listens on another address, or stands behind a proxy under a public origin.
    Public,
}

impl Reach {
    pub(crate) fn new(address: SocketAddr, environment: &Environment) -> Self {
        let has_origin = environment.setting("HANDSTAMP_PUBLIC_ORIGIN").is_some();
        if address.ip().is_loopback() && !has_origin {
            Self::Loopback
        } else {
            Self::Public
        }
    }
}

/// Whether the settings have a key, so that none has to be kept for them.
pub(crate) fn name_a_key(environment: &Environment) -> bool {
    let is_set = |name: &str| environment.setting(name).is_some();
    ["JWT_SECRET_KEY", "JWT_PRIVATE_KEY", "JWT_PUBLIC_KEY"]
        .iter()
        .any(|key| is_set(key) || is_set(&format!("{key}_FILE")))
}

/// Whether the settings say anything about implicit refresh: then somebody wants it.
pub(crate) fn ask_for_implicit_refresh(environment: &Environment) -> bool {
    [
        "DELTATIME",
        "ROUTE_INCLUDE",
        "ROUTE_EXCLUDE",
        "METHOD_INCLUDE",
        "METHOD_EXCLUDE",
    ]
    .iter()
    .any(|name| {
        let name = format!("JWT_IMPLICIT_REFRESH_{name}");
        environment.setting(&name).is_some()
    })
}

/// With this secret, unless the environment has another. Where the binary is reached from this machine only, browsers do
/// so by plain HTTP, so its cookies are not Secure there.
pub(crate) fn config(
    reach: Reach,
    secret: Option<Secret>,
    environment: &Environment,
) -> Result<Config, ConfigError> {
    let mut builder = Config::builder();
    if reach == Reach::Loopback {
        builder = builder.cookie_secure(false);
    }
    if let Some(secret) = secret {
        builder = builder.secret_key(secret);
    }
    builder.env_from(environment.variables()).build()
}
