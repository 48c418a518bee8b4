//! What unit tests share.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::{env, fs, process};

use crate::storage::database::Database;
use crate::storage::database_url::Location;

/// A temporary folder, removed when dropped.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let folder = env::temp_dir().join(format!("handstamp-unit-{}-{count}", process::id()));
        fs::create_dir(&folder).unwrap();
        Self(folder)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// A database of SQLite in it.
    pub(crate) async fn database(&self) -> Database {
        let location = Location::file(&self.0.join("handstamp.db"));
        Database::open(&location).await.unwrap()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What stays behind is the system's to clean up.
        let _ = fs::remove_dir_all(&self.0);
    }
}
