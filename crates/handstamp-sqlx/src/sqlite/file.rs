//! The file of a SQLite database: its name and its permissions.

use std::io;
use std::path::Path;
use std::str::FromStr as _;

use handstamp::error::StoreError;
use sqlx::sqlite::SqliteConnectOptions;

/// Parses a path, or a URL that begins with `sqlite:`.
pub(super) fn options(file: &Path) -> Result<SqliteConnectOptions, StoreError> {
    let url = file.to_str().filter(|text| text.starts_with("sqlite:"));
    let options = match url {
        Some(url) => SqliteConnectOptions::from_str(url).map_err(StoreError::new)?,
        None => SqliteConnectOptions::new().filename(file),
    };
    let is_in_memory =
        url.is_some_and(|url| url.contains(":memory:") || url.contains("mode=memory"));
    if is_in_memory || file == Path::new(":memory:") {
        return Err(StoreError::new(
            "a database in memory ends with its last connection: MemoryStore keeps sessions in memory",
        ));
    }
    Ok(options)
}

/// Creates the file for its owner alone, if it does not exist. SQLite gives its additional files
/// the same mode.
pub(super) fn make_private(file: &Path) -> io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(file) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        made => made.map(drop),
    }
}
