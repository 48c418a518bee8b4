//! Where the database is.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use sqlx::postgres::PgConnectOptions;
use sqlx::sqlite::SqliteConnectOptions;

/// Where the database is. Shown without user and password.
#[derive(Clone)]
pub(crate) enum Location {
    Sqlite(Box<SqliteConnectOptions>),
    Postgres {
        options: Box<PgConnectOptions>,
        /// What they were read from.
        url: Box<str>,
    },
}

impl Location {
    /// A file of SQLite.
    pub(crate) fn file(path: &Path) -> Self {
        Self::Sqlite(Box::new(SqliteConnectOptions::new().filename(path)))
    }

    /// Where the signing key is kept when the settings have none: beside the file. A server that others share has no
    /// such place.
    pub(crate) fn secret_file(&self) -> Option<PathBuf> {
        match self {
            Self::Sqlite(options) => {
                let mut path = options.get_filename().as_os_str().to_owned();
                path.push("-secret");
                Some(path.into())
            }
            Self::Postgres { .. } => None,
        }
    }
}

impl FromStr for Location {
    type Err = LocationError;

    fn from_str(url: &str) -> Result<Self, LocationError> {
        let (scheme, rest) = url.split_once(':').ok_or(LocationError::NoUrl)?;
        match scheme {
            "sqlite" => {
                if rest.contains(":memory:") || rest.contains("mode=memory") {
                    return Err(LocationError::Memory);
                }
                if matches!(rest, "" | "//") {
                    return Err(LocationError::NoPath);
                }
                let options = SqliteConnectOptions::from_str(url).map_err(LocationError::Url)?;
                Ok(Self::Sqlite(Box::new(options)))
            }
            "postgres" | "postgresql" => {
                let options = PgConnectOptions::from_str(url).map_err(LocationError::Url)?;
                let options = options.application_name("handstamp");
                Ok(Self::Postgres {
                    options: Box::new(options),
                    url: url.into(),
                })
            }
            _ => Err(LocationError::Scheme),
        }
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(options) => write!(f, "sqlite://{}", options.get_filename().display()),
            Self::Postgres { options, .. } => {
                let (host, port) = (options.get_host(), options.get_port());
                let name = options.get_database().unwrap_or_default();
                match options.get_socket() {
                    Some(socket) => write!(f, "postgres://{}/{name}", socket.display()),
                    None => write!(f, "postgres://{host}:{port}/{name}"),
                }
            }
        }
    }
}

impl fmt::Debug for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Why a text names no database. It never repeats the text, which may hold a password.
#[derive(Debug)]
pub(crate) enum LocationError {
    NoUrl,
    Scheme,
    NoPath,
    Memory,
    Url(sqlx::Error),
}

impl fmt::Display for LocationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoUrl => f.write_str("not a URL: write sqlite://PATH or postgres://USER@HOST/NAME"),
            Self::Scheme => f.write_str(
                "handstamp knows two kinds of databases: write sqlite://PATH or postgres://USER@HOST/NAME",
            ),
            Self::NoPath => f.write_str("the path is missing: write sqlite://PATH"),
            Self::Memory => f.write_str("users that are only in memory would be gone at a restart: write sqlite://PATH"),
            Self::Url(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for LocationError {}

#[cfg(test)]
mod tests {
    use super::Location;

    #[test]
    fn what_names_a_database() {
        for (name, url, shown) in [
            (
                "an absolute path",
                "sqlite:///srv/h.db",
                "sqlite:///srv/h.db",
            ),
            ("a relative path", "sqlite://h.db", "sqlite://h.db"),
            ("short", "sqlite:h.db", "sqlite://h.db"),
            ("escaped", "sqlite:///srv/a%3Fb.db", "sqlite:///srv/a?b.db"),
            (
                "a server",
                "postgres://db.example.com/auth",
                "postgres://db.example.com:5432/auth",
            ),
            (
                "a long scheme",
                "postgresql://db:99/auth",
                "postgres://db:99/auth",
            ),
            (
                "a password",
                "postgres://u:swordfish@db/auth",
                "postgres://db:5432/auth",
            ),
            (
                "a password elsewhere",
                "postgres://db/auth?user=u&password=swordfish",
                "postgres://db:5432/auth",
            ),
            (
                "a socket",
                "postgres://u:swordfish@%2Frun%2Fpg/auth",
                "postgres:///run/pg/auth",
            ),
        ] {
            let location: Location = url.parse().unwrap();
            assert_eq!(location.to_string(), shown, "{name}");
            assert!(!format!("{location:?}").contains("swordfish"), "{name}");
        }
    }

    #[test]
    fn what_names_none() {
        for (name, url, word) in [
            ("a path", "/srv/h.db", "not a URL"),
            (
                "another kind",
                "mysql://u:swordfish@db/auth",
                "two kinds of databases",
            ),
            ("no path", "sqlite://", "the path is missing"),
            ("memory", "sqlite::memory:", "gone at a restart"),
            (
                "memory by a word",
                "sqlite://x?mode=memory",
                "gone at a restart",
            ),
            (
                "a port that is none",
                "postgres://u:swordfish@db:http/auth",
                "invalid port number",
            ),
            (
                "a slip of a word",
                "sqlite:///srv/h.db?mod=rw",
                "unknown query parameter `mod`",
            ),
        ] {
            let said = url.parse::<Location>().unwrap_err().to_string();
            assert!(said.contains(word), "{name}: {said}");
            assert!(!said.contains("swordfish"), "{name}: {said}");
        }
    }

    #[test]
    fn the_secret_lies_beside_the_file() {
        let secret = |url: &str| url.parse::<Location>().unwrap().secret_file();
        assert_eq!(
            secret("sqlite:///srv/h.db"),
            Some("/srv/h.db-secret".into())
        );
        assert_eq!(secret("postgres://db/auth"), None);
    }
}
