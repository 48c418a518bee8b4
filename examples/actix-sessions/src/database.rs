//! The database: one file of SQLite, for users, notes and sessions.

use std::time::Duration;

use sqlx::migrate::{MigrateError, Migration, MigrationType, Migrator};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{SqlSafeStr as _, SqlitePool};

/// Opens the file, creates it if needed, and brings its tables up to date.
pub async fn open(file: &str) -> Result<SqlitePool, Box<dyn std::error::Error>> {
    make_private(file).map_err(|error| format!("DATABASE={file}: {error}"))?;
    let options = SqliteConnectOptions::new()
        .filename(file)
        .foreign_keys(true)
        // These three are what handstamp's sessions ask of a pool: no power failure undoes a
        // log-out, and a writer waits for its turn rather than fail.
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(PATIENCE);
    let pool = SqlitePoolOptions::new().acquire_timeout(PATIENCE);
    let pool = pool.connect_with(options).await;
    let pool = pool.map_err(|error| format!("DATABASE={file}: {error}"))?;
    migrate(&pool).await?;
    Ok(pool)
}

/// Runs the migrations that the database has not had yet. A released file never changes: a later
/// change is a file of its own.
pub async fn migrate(pool: &SqlitePool) -> Result<(), MigrateError> {
    let migrations = [
        (1, "users", include_str!("../migrations/0001_users.sql")),
        (2, "notes", include_str!("../migrations/0002_notes.sql")),
    ];
    // What `sqlx::migrate!()` does with this folder, without the minute that its macros take to
    // compile.
    let migrations = migrations.map(|(version, name, sql)| {
        let (kind, sql) = (MigrationType::Simple, sql.into_sql_str());
        Migration::new(version, name.into(), kind, sql, false)
    });
    Migrator::with_migrations(migrations.into()).run(pool).await
}

/// Creates the file for its owner alone: it has the hashes of passwords, and the sessions.
fn make_private(file: &str) -> std::io::Result<()> {
    use std::os::unix::fs::OpenOptionsExt as _;
    let mut options = std::fs::OpenOptions::new();
    options.append(true).create(true).mode(0o600);
    options.open(file).map(drop)
}

/// handstamp waits as long for its store.
const PATIENCE: Duration = Duration::from_secs(2);
