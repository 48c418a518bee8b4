//! The storage that arguments and environment variables name, and the folder of the default one.

use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use super::arguments::StorageArguments;
use super::environment::{AUDIT_LOG, Environment};
use super::failure::Failure;
use crate::storage::database::Database;
use crate::storage::database_url::DatabaseUrl;
use crate::storage::limits::Limits;
use crate::storage::missing::{HELP, Missing};
use crate::storage::redis_server::RedisServer;
use crate::storage::session_place;
use crate::storage::sessions::Sessions;

impl StorageArguments {
    /// Returns the database of [`Self::database`]. The folder of the default file is created or
    /// must exist.
    pub(super) fn database_url(
        &self,
        environment: &Environment,
        missing: Missing,
    ) -> Result<DatabaseUrl, Failure> {
        let (url, source) = self.database(environment)?;
        if source == Source::Default {
            prepare_folder(&default_folder(environment)?, missing)?;
        }
        Ok(url)
    }

    /// Returns the database of the command line, else of `DATABASE_URL`, else a file in the user's
    /// state folder.
    pub(super) fn database(
        &self,
        environment: &Environment,
    ) -> Result<(DatabaseUrl, Source), Failure> {
        let (name, source, url) = match (&self.database, environment.get("DATABASE_URL")) {
            (Some(url), _) => ("--database", Source::Argument, Some(url.as_str())),
            (None, Some(url)) => ("DATABASE_URL", Source::Environment, url.to_str()),
            (None, None) => {
                let file = default_folder(environment)?.join(DEFAULT_FILE);
                return Ok((DatabaseUrl::sqlite_file(&file), Source::Default));
            }
        };
        let url = url.unwrap_or_default().parse();
        let url = url.map_err(|error| Failure::usage(format!("{name}: {error}")))?;
        Ok((url, source))
    }

    /// Returns the audit log of the command line, else of `HANDSTAMP_AUDIT_LOG`.
    pub(super) fn audit_log(&self, environment: &Environment) -> Option<PathBuf> {
        let given = self.audit_log.clone();
        given.or_else(|| environment.get(AUDIT_LOG).map(PathBuf::from))
    }

    /// Returns the Redis of the command line, else of `REDIS_URL`. It is not contacted yet.
    pub(super) fn redis(&self, environment: &Environment) -> Result<Option<RedisServer>, Failure> {
        let (source, url) = match (&self.redis, environment.get("REDIS_URL")) {
            (Some(url), _) => ("--redis", Some(url.as_str())),
            (None, Some(url)) => ("REDIS_URL", url.to_str()),
            (None, None) => return Ok(None),
        };
        let server = url.unwrap_or_default().parse();
        server
            .map(Some)
            .map_err(|error| Failure::usage(format!("{source}: {error}")))
    }
}

/// Where an option of the command line, or its default, comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Source {
    Argument,
    Environment,
    Default,
}

impl Source {
    pub(super) fn of(argument: bool, variable: bool) -> Self {
        if argument {
            Self::Argument
        } else if variable {
            Self::Environment
        } else {
            Self::Default
        }
    }
}

/// Opens the database, and returns whether it is a new one.
pub(super) async fn open_database(
    url: &DatabaseUrl,
    missing: Missing,
) -> Result<(Database, bool), Failure> {
    Database::open(url, missing)
        .await
        .map_err(|error| Failure::new(format!("the database {url}: {error}")))
}

/// Opens the limits, in the database of users.
pub(super) async fn open_limits(url: &DatabaseUrl, database: &Database) -> Result<Limits, Failure> {
    Limits::open(database)
        .await
        .map_err(|error| Failure::new(format!("limits in {url}: {error}")))
}

pub(super) async fn open_sessions(
    url: &DatabaseUrl,
    redis: Option<RedisServer>,
) -> Result<Sessions, Failure> {
    Sessions::open(url, redis)
        .await
        .map_err(|error| Failure::new(format!("sessions in {url}: {error}")))
}

/// Opens the sessions for a command that ends some, before it changes anything: in another session
/// store than the server's it would end none, and the user would stay logged in.
pub(super) async fn open_sessions_of_the_server(
    url: &DatabaseUrl,
    database: &Database,
    redis: Option<RedisServer>,
) -> Result<Sessions, Failure> {
    let place = session_place::text(redis.as_ref());
    match session_place::recorded(database).await? {
        Some(recorded) if recorded != place => {
            let help = if recorded == session_place::HERE {
                "Run it without --redis, and without REDIS_URL in the environment".to_owned()
            } else {
                format!(
                    "Set REDIS_URL={recorded}, with the user and the password of Redis if it has them, as for the server"
                )
            };
            Err(Failure::usage(format!(
                "the server keeps sessions in {recorded}, and this command would look for them in {place}; nothing was \
                 changed. {help}"
            )))
        }
        _ => open_sessions(url, redis).await,
    }
}

/// Returns the folder that the [XDG Base Directory Specification][xdg] gives: a path that is not
/// absolute counts as not set.
///
/// [xdg]: https://specifications.freedesktop.org/basedir-spec/latest/
fn default_folder(environment: &Environment) -> Result<PathBuf, Failure> {
    let folder = |name| {
        environment
            .get(name)
            .map(Path::new)
            .filter(|path| path.is_absolute())
    };
    let state = match (folder("XDG_STATE_HOME"), folder("HOME")) {
        (Some(state), _) => state.to_owned(),
        (None, Some(home)) => home.join(".local/state"),
        (None, None) => {
            return Err(Failure::usage(
                "no place for the database: HOME is not set. Name one with --database sqlite://PATH",
            ));
        }
    };
    Ok(state.join("handstamp"))
}

/// Creates the folder for this user alone, if it may be missing.
fn prepare_folder(folder: &Path, missing: Missing) -> Result<(), Failure> {
    if missing == Missing::Refuse && !folder.exists() {
        let file = folder.join(DEFAULT_FILE);
        let file = file.display();
        return Err(Failure::new(format!(
            "the database {file}: there is none. {HELP}"
        )));
    }
    let mut builder = DirBuilder::new();
    builder.recursive(true).mode(0o700).create(folder).map_err(|error| {
        let folder = folder.display();
        Failure::new(format!(
            "cannot create the folder {folder} for the database: {error}. Name another place with --database \
             sqlite://PATH"
        ))
    })
}

const DEFAULT_FILE: &str = "handstamp.db";

#[cfg(test)]
mod tests {
    use super::*;

    fn arguments(database: Option<&str>) -> StorageArguments {
        StorageArguments {
            database: database.map(str::to_owned),
            redis: None,
            audit_log: None,
        }
    }

    #[test]
    fn the_command_line_wins_over_the_environment() {
        let environment = Environment::from([("DATABASE_URL", "postgres://u:swordfish@db/auth")]);
        let url = arguments(None)
            .database_url(&environment, Missing::Refuse)
            .unwrap();
        assert_eq!(url.to_string(), "postgres://db:5432/auth");
        let url = arguments(Some("sqlite:///srv/h.db"))
            .database_url(&environment, Missing::Refuse)
            .unwrap();
        assert_eq!(url.to_string(), "sqlite:///srv/h.db");
    }

    #[tokio::test]
    async fn an_invalid_redis_url_is_reported_with_its_source() {
        let invalid = "http://u:swordfish@redis";
        for (name, argument, variable, source) in [
            (
                "an argument",
                Some(invalid),
                "redis://redis/",
                Some("--redis: "),
            ),
            ("a variable", None, invalid, Some("REDIS_URL: ")),
            ("an empty argument", Some(""), "", Some("--redis: ")),
            ("an empty variable", None, "", None),
            (
                "a valid one",
                Some("redis://u:swordfish@redis"),
                invalid,
                None,
            ),
        ] {
            let environment = Environment::from([("REDIS_URL", variable)]);
            let arguments = StorageArguments {
                database: None,
                redis: argument.map(str::to_owned),
                audit_log: None,
            };
            let failure = arguments.redis(&environment).err();
            let message = failure.as_ref().map(|failure| failure.message.as_str());
            assert_eq!(message.is_some(), source.is_some(), "{name}: {message:?}");
            let message = message.unwrap_or_default();
            assert!(
                message.starts_with(source.unwrap_or_default()),
                "{name}: {message}"
            );
            assert!(!message.contains("swordfish"), "{name}: {message}");
        }
    }

    #[test]
    fn an_invalid_database_url_is_reported_with_its_source() {
        for (name, argument, variable, expected) in [
            (
                "an argument",
                Some("mysql://u:swordfish@db"),
                "",
                "--database: not a supported database",
            ),
            (
                "a variable",
                None,
                "mysql://u:swordfish@db",
                "DATABASE_URL: not a supported database",
            ),
            ("an empty argument", Some(""), "", "--database: not a URL"),
            (
                "no home",
                None,
                "",
                "no place for the database: HOME is not set",
            ),
        ] {
            let environment =
                Environment::from([("DATABASE_URL", variable), ("XDG_STATE_HOME", "relative")]);
            let failure = arguments(argument)
                .database_url(&environment, Missing::Refuse)
                .unwrap_err();
            assert_eq!(failure.status, 2, "{name}");
            assert!(
                failure.message.starts_with(expected),
                "{name}: {}",
                failure.message
            );
            assert!(
                !failure.message.contains("swordfish"),
                "{name}: {}",
                failure.message
            );
        }
    }
}
