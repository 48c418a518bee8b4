//! Helpers for the unit tests of all modules.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::{env, fs, process};

use super::database::Database;
use super::database_url::DatabaseUrl;
use super::missing::Missing;

/// A temporary directory, removed when dropped.
pub(crate) struct TempDir(PathBuf);

impl TempDir {
    pub(crate) fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let path = env::temp_dir().join(format!("handstamp-unit-{}-{count}", process::id()));
        fs::create_dir(&path).unwrap();
        Self(path)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// Opens an SQLite database in this directory.
    pub(crate) async fn database(&self) -> Database {
        let url = DatabaseUrl::sqlite_file(&self.0.join("handstamp.db"));
        let (database, _) = Database::open(&url, Missing::Create).await.unwrap();
        database
    }
}

impl Drop for TempDir {
    fn drop(&mut self) {
        // The system cleans up what cannot be removed now.
        let _ = fs::remove_dir_all(&self.0);
    }
}
