//! Parses the URL of a server, and reports what is wrong with it.
//!
//! Opens no connection, and never repeats a password.

use std::error::Error;
use std::fmt;
use std::time::Duration;

use redis::io::tcp::{TcpSettings, socket2};
use redis::{ConnectionAddr, ConnectionInfo, IntoConnectionInfo as _, ProtocolVersion, RedisError};

/// The error for text that is not the URL of a Redis server. It never contains the password.
///
/// ```
/// use handstamp_redis::RedisStore;
///
/// let error = RedisStore::new("http://user:hunter2@127.0.0.1/").unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "not the URL of a Redis server: Redis URL did not parse. \
///      Use redis://[user:password@]host[:port][/database]"
/// );
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RedisUrlError {
    reason: String,
}

impl fmt::Display for RedisUrlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let reason = &self.reason;
        write!(
            f,
            "not the URL of a Redis server: {reason}. Use redis://[user:password@]host[:port][/database]"
        )
    }
}

impl Error for RedisUrlError {}

impl RedisUrlError {
    /// Keeps the description of the driver up to its dash; the rest may repeat a part of the URL.
    pub(crate) fn from_driver(error: &RedisError) -> Self {
        let text = error.to_string();
        Self {
            reason: text.split(" - ").next().unwrap_or_default().to_owned(),
        }
    }

    fn new(reason: &str) -> Self {
        Self {
            reason: reason.to_owned(),
        }
    }
}

/// Parses a URL. Opens no connection.
pub(crate) fn read(url: &str) -> Result<ConnectionInfo, RedisUrlError> {
    if !cfg!(feature = "tls") && (url.starts_with("rediss:") || url.starts_with("valkeys:")) {
        return Err(RedisUrlError::new(
            "TLS needs the feature `tls` of handstamp-redis",
        ));
    }
    let info = url
        .into_connection_info()
        .map_err(|error| RedisUrlError::from_driver(&error))?;
    if let ConnectionAddr::TcpTls { insecure, .. } = info.addr() {
        if *insecure {
            return Err(RedisUrlError::new(
                "#insecure would accept any server in its place",
            ));
        }
        choose_crypto_provider();
    }
    // With RESP3 the driver reports a lost connection before it is used.
    let redis = info
        .redis_settings()
        .clone()
        .set_protocol(ProtocolVersion::RESP3);
    Ok(info
        .set_redis_settings(redis)
        .set_tcp_settings(tcp_settings()))
}

/// Returns settings with which the system closes an unresponsive connection that the driver does
/// not notice.
pub(crate) fn tcp_settings() -> TcpSettings {
    let keepalive = socket2::TcpKeepalive::new()
        .with_time(Duration::from_secs(10))
        .with_interval(Duration::from_secs(5));
    let settings = TcpSettings::default()
        .set_nodelay(true)
        .set_keepalive(keepalive);
    #[cfg(target_os = "linux")]
    let settings = settings.set_user_timeout(Duration::from_secs(5));
    settings
}

/// Installs a provider unless the application has: rustls panics at the first connection if it has
/// to choose between two.
#[cfg(feature = "tls")]
fn choose_crypto_provider() {
    if rustls::crypto::CryptoProvider::get_default().is_none() {
        // Fails if another thread has installed one in the meantime.
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    }
}

#[cfg(not(feature = "tls"))]
fn choose_crypto_provider() {}
