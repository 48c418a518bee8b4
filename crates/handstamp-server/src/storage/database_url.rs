//! The place of a database: a file of SQLite or a server of PostgreSQL.
//!
//! It reads a URL into a type and shows it without user and password. It never connects.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use sqlx::postgres::PgConnectOptions;
use sqlx::sqlite::SqliteConnectOptions;

/// The URL of a database. It is shown without user and password.
#[derive(Clone)]
pub(crate) enum DatabaseUrl {
    Sqlite(Box<SqliteConnectOptions>),
    Postgres {
        options: Box<PgConnectOptions>,
        /// The text that the options were read from.
        url: Box<str>,
    },
}

impl DatabaseUrl {
    pub(crate) fn sqlite_file(path: &Path) -> Self {
        Self::Sqlite(Box::new(SqliteConnectOptions::new().filename(path)))
    }

    /// Returns the file that holds the signing key when the settings have none. It lies next to
    /// the database file. A database server, which several hosts may share, has no such place.
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

impl FromStr for DatabaseUrl {
    type Err = DatabaseUrlError;

    fn from_str(url: &str) -> Result<Self, DatabaseUrlError> {
        let (scheme, rest) = url.split_once(':').ok_or(DatabaseUrlError::NoScheme)?;
        match scheme {
            "sqlite" => {
                if rest.contains(":memory:") || rest.contains("mode=memory") {
                    return Err(DatabaseUrlError::InMemory);
                }
                if matches!(rest, "" | "//") {
                    return Err(DatabaseUrlError::NoPath);
                }
                let options = SqliteConnectOptions::from_str(url)
                    .map_err(DatabaseUrlError::InvalidOptions)?;
                Ok(Self::Sqlite(Box::new(options)))
            }
            "postgres" | "postgresql" => {
                // A part of the password would be taken for the host, and shown.
                let before_parameters = rest.split('?').next().unwrap_or_default();
                if rest.contains('#') || before_parameters.matches('@').count() > 1 {
                    return Err(DatabaseUrlError::Unescaped);
                }
                let options =
                    PgConnectOptions::from_str(url).map_err(DatabaseUrlError::InvalidOptions)?;
                let options = options.application_name("handstamp");
                Ok(Self::Postgres {
                    options: Box::new(options),
                    url: url.into(),
                })
            }
            _ => Err(DatabaseUrlError::UnknownScheme),
        }
    }
}

impl fmt::Display for DatabaseUrl {
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

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The text names no database. The message never repeats the text, which may hold a password.
#[derive(Debug)]
pub(crate) enum DatabaseUrlError {
    NoScheme,
    UnknownScheme,
    NoPath,
    InMemory,
    Unescaped,
    InvalidOptions(sqlx::Error),
}

impl fmt::Display for DatabaseUrlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoScheme => {
                f.write_str("not a URL: use sqlite://PATH or postgres://USER@HOST/NAME")
            }
            Self::UnknownScheme => f.write_str(
                "not a supported database: use sqlite://PATH or postgres://USER@HOST/NAME",
            ),
            Self::NoPath => f.write_str("the path is missing: use sqlite://PATH"),
            Self::InMemory => {
                f.write_str("a database in memory would be lost at a restart: use sqlite://PATH")
            }
            Self::Unescaped => f.write_str(
                "a character of the password has a meaning in URLs: write % as %25, @ as %40, / as %2F, # as %23 and ? as %3F",
            ),
            Self::InvalidOptions(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for DatabaseUrlError {}

#[cfg(test)]
mod tests {
    use super::DatabaseUrl;

    #[test]
    fn urls_are_read_and_shown_without_credentials() {
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
            let parsed: DatabaseUrl = url.parse().unwrap();
            assert_eq!(parsed.to_string(), shown, "{name}");
            assert!(!format!("{parsed:?}").contains("swordfish"), "{name}");
        }
    }

    #[test]
    fn invalid_urls_are_refused() {
        for (name, url, word) in [
            ("a path", "/srv/h.db", "not a URL"),
            (
                "another database",
                "mysql://u:swordfish@db/auth",
                "not a supported database",
            ),
            ("no path", "sqlite://", "the path is missing"),
            ("memory", "sqlite::memory:", "lost at a restart"),
            (
                "memory by a parameter",
                "sqlite://x?mode=memory",
                "lost at a restart",
            ),
            (
                "an at sign in the password",
                "postgres://u:sword@fish@db/auth",
                "write % as %25, @ as %40",
            ),
            (
                "a hash in the password",
                "postgres://u:sword@fi/sh#@db/auth",
                "# as %23",
            ),
            (
                "an invalid port",
                "postgres://u:swordfish@db:http/auth",
                "invalid port number",
            ),
            (
                "a misspelled parameter",
                "sqlite:///srv/h.db?mod=rw",
                "unknown query parameter `mod`",
            ),
        ] {
            let message = url.parse::<DatabaseUrl>().unwrap_err().to_string();
            assert!(message.contains(word), "{name}: {message}");
            assert!(!message.contains("swordfish"), "{name}: {message}");
        }
    }

    #[test]
    fn the_secret_file_lies_next_to_the_database_file() {
        let secret = |url: &str| url.parse::<DatabaseUrl>().unwrap().secret_file();
        assert_eq!(
            secret("sqlite:///srv/h.db"),
            Some("/srv/h.db-secret".into())
        );
        assert_eq!(secret("postgres://db/auth"), None);
    }
}
