//! The settings, from the environment.

use std::net::SocketAddr;

use handstamp_axum::{Config, minutes};

/// `JWT_*` and `HANDSTAMP_*` are handstamp's own, which are all read.
pub struct Settings {
    pub config: Config,
    /// `LISTEN`.
    pub listen: SocketAddr,
    /// `DATABASE`: the file of SQLite.
    pub database: String,
    /// `BEHIND_PROXY`: whether clients are known by the proxy's `X-Forwarded-For` alone.
    pub behind_proxy: bool,
}

impl Settings {
    /// Reads all settings. An error says what to do.
    pub fn from_env() -> Result<Self, String> {
        let listen = variable("LISTEN").unwrap_or_else(|| "127.0.0.1:8000".to_owned());
        let listen: SocketAddr = listen.parse().map_err(|_| {
            format!("LISTEN={listen}: use an address and a port, such as 127.0.0.1:8000")
        })?;
        let behind_proxy = match variable("BEHIND_PROXY").as_deref() {
            None | Some("false") => false,
            Some("true") => true,
            Some(other) => return Err(format!("BEHIND_PROXY={other}: use true or false")),
        };
        let config = match variable("HANDSTAMP_PUBLIC_ORIGIN") {
            // In production: the strictest cookies, and requests of other sites are refused.
            Some(origin) => Config::hardened(origin),
            None if behind_proxy => return Err(format!("BEHIND_PROXY=true: {NO_ORIGIN}")),
            // On this machine: there is no TLS, so browsers would not keep Secure cookies.
            None if listen.ip().is_loopback() => Config::builder().cookie_secure(false),
            None => return Err(format!("LISTEN={listen}: {NO_ORIGIN}")),
        };
        let config = config.access_token_expires(minutes(15)).env().build();
        let config = config.map_err(|error| {
            let mut problems = error.problems().iter();
            let has_no_key = problems.any(|problem| problem.key() == "JWT_SECRET_KEY");
            format!("{error}{}", if has_no_key { FIRST_RUN } else { "" })
        })?;
        Ok(Self {
            config,
            listen,
            database: Self::database(),
            behind_proxy,
        })
    }

    pub fn database() -> String {
        variable("DATABASE").unwrap_or_else(|| "starter.db".to_owned())
    }
}

/// An empty variable counts as none, as in container files.
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

const NO_ORIGIN: &str = "other machines reach this service, so browsers need HTTPS, by a proxy. Set \
HANDSTAMP_PUBLIC_ORIGIN to the origin that they show, such as https://app.example.com; or, on this machine alone, \
listen on 127.0.0.1 without BEHIND_PROXY";

const FIRST_RUN: &str = "

For a first run:

    export JWT_SECRET_KEY=$(openssl rand -hex 32)

Keep it where you keep the password of a database. Who has it can log in as anybody; with another one, all users have \
to log in again.";
