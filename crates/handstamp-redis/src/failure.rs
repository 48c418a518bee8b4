//! The errors of the store.
//!
//! Takes errors of the driver and the server, and returns text for operators without ids and
//! passwords.

use std::error::Error;
use std::fmt;
use std::sync::Arc;

use redis::RedisError;

use crate::fitness::Unfit;

/// The source of a `StoreError` of this store.
#[derive(Debug)]
pub(crate) struct Failed {
    pub(crate) server: Arc<str>,
    pub(crate) failure: Failure,
}

#[derive(Debug, Clone)]
pub(crate) enum Failure {
    /// An error of the network or of the driver.
    Driver(RedisError),
    /// The server refused, with this message.
    Refused(String),
    /// No connection was made in time.
    SlowToConnect,
    /// The server can be reached, but must not be used.
    Unfit(Unfit),
    /// The answer is not one that the scripts return.
    NotUnderstood(&'static str),
    /// A script could not represent this argument exactly.
    TooLarge(&'static str),
    /// The caller does not run on tokio.
    NoRuntime,
}

impl Failure {
    /// Returns whether the server takes no writes because it cannot write its snapshots, as with a
    /// full disk.
    pub(crate) fn is_unwritable(&self) -> bool {
        matches!(self, Self::Refused(said) if said.starts_with("MISCONF "))
    }

    /// Converts an error of the driver. The message of a server may quote its command, which
    /// contains ids: the text from the first key on is omitted, because ids must not be logged.
    pub(crate) fn from_driver(error: RedisError, prefix: &str) -> Self {
        let Some(code) = error.code() else {
            return Self::Driver(error);
        };
        if code == "MOVED" {
            let help = "it is one of a cluster: use RedisStore::cluster";
            return Self::Refused(format!("{code}: {help}"));
        }
        let said = error.detail().unwrap_or_default();
        let said = match said.find(&format!("{prefix}{{")) {
            Some(at) => said.split_at(at).0,
            None => said,
        };
        Self::Refused(format!("{code} {said}").trim_end().to_owned())
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Driver(error) => error.fmt(f),
            Self::Refused(said) => f.write_str(said),
            Self::SlowToConnect => f.write_str("no connection in time"),
            Self::Unfit(unfit) => unfit.fmt(f),
            Self::NotUnderstood(what) => write!(f, "{what} is not as this release writes it"),
            Self::TooLarge(what) => write!(f, "{what} is above 2^53"),
            Self::NoRuntime => f.write_str("the store needs to be called in a tokio runtime"),
        }
    }
}

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Redis at {}: {}", self.server, self.failure)
    }
}

impl Error for Failed {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match &self.failure {
            Failure::Driver(error) => error.source(),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Failure;

    #[test]
    fn ids_that_a_server_quotes_stay_out() {
        let rows = [
            (
                "a user without permission",
                "NOPERM",
                "User x has no permissions to access the 'app:{AAAA}:s:SECRET' key",
                "NOPERM User x has no permissions to access the '",
            ),
            (
                "a server without scripts",
                "ERR",
                "unknown command 'EVALSHA', with args beginning with: 'c0ffee' '3' 'app:{AAAA}:s:SECRET' ",
                "ERR unknown command 'EVALSHA', with args beginning with: 'c0ffee' '3' '",
            ),
            (
                "an error of its own",
                "OOM",
                "command not allowed when used memory > 'maxmemory'.",
                "OOM command not allowed when used memory > 'maxmemory'.",
            ),
            (
                "a node of a cluster",
                "MOVED",
                "3999 127.0.0.1:6381",
                "MOVED: it is one of a cluster: use RedisStore::cluster",
            ),
        ];
        for (row, code, detail, expected) in rows {
            let error = redis::make_extension_error(code.into(), Some(detail.into()));
            let failure = Failure::from_driver(error, "app:");
            assert_eq!(failure.to_string(), expected, "{row}");
        }
    }
}
