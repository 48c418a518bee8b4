//! Whether a server that answers may keep sessions.

use std::fmt;

/// Why it must not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Unfit {
    /// When memory runs out it forgets entries before their end, also that something was revoked.
    Evicts { policy: String },
    /// It lags behind: what was just revoked would be let in.
    Replica,
    /// It does not know what the scripts are made of.
    TooOld { version: String },
}

impl fmt::Display for Unfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Evicts { policy } => write!(
                f,
                "its maxmemory-policy {policy} evicts: a revoked session would be let in again. Set noeviction"
            ),
            Self::Replica => f.write_str(
                "it is a replica, which may not know yet what was revoked. Use the primary",
            ),
            Self::TooOld { version } => {
                write!(
                    f,
                    "it is of version {version}. Use Redis 7.0, Valkey 7.2 or later"
                )
            }
        }
    }
}

/// A server's answer to `INFO`. Also where `CONFIG` is forbidden, as on managed servers, it tells what we ask.
pub(crate) struct Info<'a>(&'a str);

impl<'a> Info<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        Self(text)
    }

    /// `Ok(false)` when it does not say whether it evicts.
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

/// What a replica among the servers means.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Replicas {
    /// Where one server is named it has to be the primary.
    Refused,
    /// The driver looks for the primaries of a cluster itself, also after one has changed.
    #[cfg(feature = "cluster")]
    FoundByDriver,
}

/// Scripts have flags from Redis 7.0 on. Valkey, from its first release, says it is a Redis of 7.2.
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
                "full one day, and then it says no",
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
                "evicts what has an end",
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
    fn what_is_not_said_is_not_known() {
        let judged = Info::new("redis_version:7.2.0\r\n").judge(Replicas::Refused);
        assert_eq!(judged, Ok(false));
    }
}
