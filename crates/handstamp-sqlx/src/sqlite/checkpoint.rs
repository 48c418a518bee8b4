//! Checkpoints: SQLite copies what was written from its log into the database. By default the
//! connection that writes does it, and everybody who writes waits for ten milliseconds and more.

use std::sync::atomic::{AtomicU32, Ordering};

use sqlx::sqlite::SqlitePoolOptions;
use sqlx::{SqlitePool, query};

/// Lets another connection do the checkpoints of those that write, in the background.
pub(super) fn elsewhere(writer: SqlitePoolOptions, other: SqlitePool) -> SqlitePoolOptions {
    let written = AtomicU32::new(0);
    writer.after_release(move |_, _| {
        let written = written.fetch_add(1, Ordering::Relaxed) + 1;
        if written.is_multiple_of(WRITES) {
            let other = other.clone();
            tokio::spawn(async move {
                // Waits for nobody, and nobody for it.
                let done = query("PRAGMA wal_checkpoint(PASSIVE)")
                    .execute(&other)
                    .await;
                if let Err(error) = done {
                    tracing::warn!(%error, "SQLite's log stays as long as it is");
                }
            });
        }
        Box::pin(async { Ok(true) })
    })
}

/// A checkpoint after as many writes: with a few pages each, a log of some megabytes.
const WRITES: u32 = 512;
/// The pages after which the writing connection does it all the same: 32 MiB.
pub(super) const AT_THE_LATEST: &str = "8192";
