//! A Redis that keeps sessions, and its place as a text without user and password.
//!
//! It reads a URL into a type and never connects.

use std::fmt;
use std::str::FromStr;

use handstamp_redis::{RedisStore, RedisUrlError};
use redis::{ConnectionAddr, ConnectionInfo, IntoConnectionInfo as _};

/// A store in Redis. It is shown as a URL without user and password.
pub(crate) struct RedisServer {
    pub(super) store: RedisStore,
    place: String,
}

impl FromStr for RedisServer {
    type Err = RedisUrlError;

    fn from_str(url: &str) -> Result<Self, RedisUrlError> {
        let store = RedisStore::new(url)?;
        // The store has read the same text, so this does not fail.
        let place = url.into_connection_info().map(|info| place(&info));
        let place = place.unwrap_or_default();
        Ok(Self { store, place })
    }
}

impl fmt::Display for RedisServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.place)
    }
}

/// Returns what tells two places of sessions apart: TLS or not, host, port and database number.
fn place(info: &ConnectionInfo) -> String {
    let number = info.redis_settings().db();
    let (scheme, host, port) = match info.addr() {
        ConnectionAddr::Tcp(host, port) => ("redis", host, port),
        ConnectionAddr::TcpTls { host, port, .. } => ("rediss", host, port),
        other => return format!("unix://{other}?db={number}"),
    };
    let host = host.to_ascii_lowercase();
    if host.contains(':') && !host.starts_with('[') {
        format!("{scheme}://[{host}]:{port}/{number}")
    } else {
        format!("{scheme}://{host}:{port}/{number}")
    }
}

#[cfg(test)]
mod tests {
    use super::RedisServer;

    #[test]
    fn a_place_has_no_credentials_and_one_spelling() {
        for (name, url, place) in [
            ("a host", "redis://cache", "redis://cache:6379/0"),
            (
                "all of it",
                "redis://u:swordfish@cache:6380/2",
                "redis://cache:6380/2",
            ),
            (
                "a password alone",
                "redis://:swordfish@cache",
                "redis://cache:6379/0",
            ),
            (
                "capitals",
                "redis://Cache.Example.com/",
                "redis://cache.example.com:6379/0",
            ),
            (
                "TLS",
                "rediss://u:swordfish@cache/1",
                "rediss://cache:6379/1",
            ),
            ("Valkey", "valkey://cache/", "redis://cache:6379/0"),
            ("IPv6", "redis://[::1]:6380/", "redis://[::1]:6380/0"),
            (
                "a parameter",
                "redis://cache/?protocol=resp3",
                "redis://cache:6379/0",
            ),
            (
                "a socket",
                "unix:///run/redis?db=3&pass=swordfish",
                "unix:///run/redis?db=3",
            ),
        ] {
            let server: RedisServer = url.parse().unwrap();
            assert_eq!(server.to_string(), place, "{name}");
            let again: RedisServer = place.parse().unwrap();
            assert_eq!(again.to_string(), place, "{name}: the place is a URL");
        }
    }
}
