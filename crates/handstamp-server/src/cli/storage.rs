//! Which databases are used, and how the folder for the file of one comes to be.

use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use handstamp_redis::RedisStore;

use crate::cli::arguments::Storage;
use crate::cli::environment::Environment;
use crate::cli::failure::Failure;
use crate::storage::database::Database;
use crate::storage::database_url::Location;

impl Storage {
    /// The database of the command line, else of `DATABASE_URL`, else a file in the user's folder for state.
    pub(crate) fn location(&self, environment: &Environment) -> Result<Location, Failure> {
        let (source, url) = match (&self.database, environment.get("DATABASE_URL")) {
            (Some(url), _) => ("--database", Some(url.as_str())),
            (None, Some(url)) => ("DATABASE_URL", url.to_str()),
            (None, None) => return default_file(environment).map(|path| Location::file(&path)),
        };
        let location = url.unwrap_or_default().parse();
        location.map_err(|error| Failure::wrong_setting(format!("{source}: {error}")))
    }

    /// The Redis of the command line, else of `REDIS_URL`. It is not asked for anything yet.
    pub(crate) fn redis(&self, environment: &Environment) -> Result<Option<RedisStore>, Failure> {
        let (source, url) = match (&self.redis, environment.get("REDIS_URL")) {
            (Some(url), _) => ("--redis", Some(url.as_str())),
            (None, Some(url)) => ("REDIS_URL", url.to_str()),
            (None, None) => return Ok(None),
        };
        let store = RedisStore::new(url.unwrap_or_default());
        let store = store.map_err(|error| Failure::wrong_setting(format!("{source}: {error}")))?;
        Ok(Some(store))
    }
}

/// Opens the database, and makes the folder of the default one.
pub(crate) async fn open(location: &Location) -> Result<Database, Failure> {
    Database::open(location)
        .await
        .map_err(|error| Failure::new(format!("the database {location}: {error}")))
}

/// By the [XDG Base Directory Specification](https://specifications.freedesktop.org/basedir-spec/latest/): a path that is
/// not absolute counts as not set, and folders are made for this user alone.
fn default_file(environment: &Environment) -> Result<PathBuf, Failure> {
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
            let cure = "no place for the database: HOME is not set. Name one with --database sqlite://PATH";
            return Err(Failure::wrong_setting(cure));
        }
    };
    let folder = state.join("handstamp");
    let mut builder = DirBuilder::new();
    builder.recursive(true).mode(0o700).create(&folder).map_err(|error| {
        let folder = folder.display();
        Failure::new(format!(
            "cannot make the folder {folder} for the database: {error}. Name another place with --database sqlite://PATH"
        ))
    })?;
    Ok(folder.join("handstamp.db"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn storage(database: Option<&str>) -> Storage {
        Storage {
            database: database.map(str::to_owned),
            redis: None,
        }
    }

    #[test]
    fn the_command_line_wins_over_the_environment() {
        let environment = Environment::from([("DATABASE_URL", "postgres://u:swordfish@db/auth")]);
        let location = storage(None).location(&environment).unwrap();
        assert_eq!(location.to_string(), "postgres://db:5432/auth");
        let location = storage(Some("sqlite:///srv/h.db"))
            .location(&environment)
            .unwrap();
        assert_eq!(location.to_string(), "sqlite:///srv/h.db");
    }

    #[tokio::test]
    async fn a_wrong_redis_is_told_by_where_it_came_from() {
        let wrong = "http://u:swordfish@redis";
        for (name, argument, variable, said) in [
            (
                "an argument",
                Some(wrong),
                "redis://redis/",
                Some("--redis: "),
            ),
            ("a variable", None, wrong, Some("REDIS_URL: ")),
            ("an empty argument", Some(""), "", Some("--redis: ")),
            ("an empty variable", None, "", None),
            (
                "a right one",
                Some("redis://u:swordfish@redis"),
                wrong,
                None,
            ),
        ] {
            let environment = Environment::from([("REDIS_URL", variable)]);
            let storage = Storage {
                database: None,
                redis: argument.map(str::to_owned),
            };
            let failure = storage.redis(&environment).err();
            let words = failure.as_ref().map(|failure| failure.message.as_str());
            assert_eq!(words.is_some(), said.is_some(), "{name}: {words:?}");
            let words = words.unwrap_or_default();
            assert!(
                words.starts_with(said.unwrap_or_default()),
                "{name}: {words}"
            );
            assert!(!words.contains("swordfish"), "{name}: {words}");
        }
    }

    #[test]
    fn a_wrong_one_is_told_by_where_it_came_from() {
        for (name, argument, variable, expected) in [
            (
                "an argument",
                Some("mysql://u:swordfish@db"),
                "",
                "--database: handstamp knows two kinds",
            ),
            (
                "a variable",
                None,
                "mysql://u:swordfish@db",
                "DATABASE_URL: handstamp knows two kinds",
            ),
            ("an empty argument", Some(""), "", "--database: not a URL"),
            (
                "no folder at all",
                None,
                "",
                "no place for the database: HOME is not set",
            ),
        ] {
            let environment =
                Environment::from([("DATABASE_URL", variable), ("XDG_STATE_HOME", "relative")]);
            let failure = storage(argument).location(&environment).unwrap_err();
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
