//! The configuration of the binary: the environment over the binary's own defaults.

use std::ffi::OsString;
use std::net::SocketAddr;

use handstamp_axum::Config;
use handstamp_axum::handstamp::error::ConfigError;
use handstamp_axum::handstamp::secret::Secret;

/// Whom the binary is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reach {
    /// Whoever sits at this machine.
    Loopback,
    /// Others as well: it listens on another address, or stands behind a proxy under a public origin.
    Public,
}

impl Reach {
    pub(crate) fn new(address: SocketAddr, environment: &[(OsString, OsString)]) -> Self {
        let has_origin = environment
            .iter()
            .any(|(name, _)| name.eq_ignore_ascii_case("HANDSTAMP_PUBLIC_ORIGIN"));
        if address.ip().is_loopback() && !has_origin {
            Self::Loopback
        } else {
            Self::Public
        }
    }
}

/// Where the binary is reached from this machine only, browsers do so by plain HTTP, so its cookies are not Secure there.
pub(crate) fn config(
    reach: Reach,
    environment: Vec<(OsString, OsString)>,
) -> Result<Config, ConfigError> {
    let mut builder = Config::builder();
    let mut is_random = false;
    if reach == Reach::Loopback {
        builder = builder.cookie_secure(false);
    }
    if !environment.iter().any(|(name, _)| names_a_key(name)) {
        // The builder says what is missing if the system has no random bytes.
        let mut secret = [0; 64];
        if getrandom::fill(&mut secret).is_ok() {
            is_random = true;
            builder = builder.secret_key(Secret::from(secret.as_slice()));
        }
    }
    let config = builder.env_from(environment).build()?;
    if is_random {
        tracing::warn!(
            "JWT_SECRET_KEY is not set: a random one is used, and everybody is logged out at a restart"
        );
    }
    Ok(config)
}

fn names_a_key(name: &OsString) -> bool {
    const KEYS: [&str; 3] = ["JWT_SECRET_KEY", "JWT_PRIVATE_KEY", "JWT_PUBLIC_KEY"];
    let name = name.to_string_lossy().to_ascii_uppercase();
    let name = name.strip_suffix("_FILE").unwrap_or(&name);
    KEYS.contains(&name)
}
