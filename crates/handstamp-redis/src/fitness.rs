//! Decides whether a server may keep sessions.
//!
//! Takes the answer to `INFO`, and sends no command.

use std::fmt;

/// The reason why a server must not keep sessions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Unfit {
    /// It evicts entries when memory runs out, including revocations.
    Evicts { policy: String },
    /// It lags behind its primary, and may accept a token that was just revoked.
    Replica,
    /// It does not support the scripts.
    TooOld { version: String },
}

impl fmt::Display for Unfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Evicts { policy } => write!(
                f,
                "its maxmemory-policy {policy} evicts: a revoked session would be accepted again. Set noeviction"
            ),
            Self::Replica => {
                f.write_str("it is a replica, which may lack revocations. Use the primary")
            }
            Self::TooOld { version } => {
                write!(
                    f,
                    "it is of version {version}. Use Redis 7.0, Valkey 7.2 or later"
                )
            }
        }
    }
}

/// The answer to `INFO`. It contains the required fields even where `CONFIG` is forbidden, as on
/// managed servers.
pub(crate) struct Info<'a>(&'a str);

impl<'a> Info<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        Self(text)
    }

    /// Returns `Ok(false)` if the answer does not state whether the server evicts.
    pub(crate) fn judge(&self, replicas: Replicas) -> Result<bool, Unfit> {
        if let Some(version) = self.field("redis_version")
            && let Some((major, _)) = version.split_once('.')
            && major.parse::<u32>().is_ok_and(|major| major < OLDEST_MAJOR)
        {
            return Err(Unfit::TooOld {
                version: version.to_owned(),
            });
        }
        if let Replicas::Refused = replicas
            && self.field("role") == Some("slave")
        {
            return Err(Unfit::Replica);
        }
        match (self.field("maxmemory"), self.field("maxmemory_policy")) {
            (Some("0"), _) | (_, Some("noeviction")) => Ok(true),
            (_, Some(policy)) => Err(Unfit::Evicts {
                policy: policy.to_owned(),
            }),
            (_, None) => Ok(false),
        }
    }

    fn field(&self, name: &str) -> Option<&'a str> {
        self.0
            .lines()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))
    }
}

/// How to treat a replica.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Replicas {
    /// A single server has to be the primary.
    Refused,
    /// The driver finds the primaries of a cluster itself, even after a failover.
    #[cfg(feature = "cluster")]
    FoundByDriver,
}

/// Scripts have flags from Redis 7.0 on. Valkey reports Redis 7.2 from its first release on.
const OLDEST_MAJOR: u32 = 7;

#[cfg(test)]
mod tests {
    use super::{Info, Replicas};

    #[test]
    fn servers_are_judged() {
        let rows = [
            (
                "as installed",
                "7.0.15",
                "master",
                "0",
                "noeviction",
                "Ok(true)",
            ),
            (
                "with a limit, and refuses writes when it is full",
                "7.0.15",
                "master",
                "1000",
                "noeviction",
                "Ok(true)",
            ),
            (
                "a policy that never applies",
                "7.0.15",
                "master",
                "0",
                "allkeys-lru",
                "Ok(true)",
            ),
            (
                "evicts anything",
                "7.0.15",
                "master",
                "1000",
                "allkeys-lru",
                r#"Err(Evicts { policy: "allkeys-lru" })"#,
            ),
            (
                "evicts entries that expire",
                "8.1.0",
                "master",
                "1000",
                "volatile-ttl",
                r#"Err(Evicts { policy: "volatile-ttl" })"#,
            ),
            (
                "a replica",
                "7.2.4",
                "slave",
                "0",
                "noeviction",
                "Err(Replica)",
            ),
            (
                "too old",
                "6.2.14",
                "master",
                "0",
                "noeviction",
                r#"Err(TooOld { version: "6.2.14" })"#,
            ),
            (
                "ten is more than seven",
                "10.0.0",
                "master",
                "0",
                "noeviction",
                "Ok(true)",
            ),
        ];
        for (row, version, role, maxmemory, policy, expected) in rows {
            let text = format!(
                "# Server\r\nredis_version:{version}\r\n# Memory\r\nused_memory:1\r\nmaxmemory:{maxmemory}\r\n\
                 maxmemory_human:1K\r\nmaxmemory_policy:{policy}\r\n# Replication\r\nrole:{role}\r\n"
            );
            let judged = Info::new(&text).judge(Replicas::Refused);
            assert_eq!(format!("{judged:?}"), expected, "{row}");
        }
    }

    #[test]
    fn a_missing_policy_is_reported_as_unknown() {
        let judged = Info::new("redis_version:7.2.0\r\n").judge(Replicas::Refused);
        assert_eq!(judged, Ok(false));
    }
}
