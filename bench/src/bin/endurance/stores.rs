//! The four stores, and how many bytes each takes.

use std::sync::Arc;
use std::{env, fs, process};

use handstamp::store::{MemoryStore, Store};
use handstamp_conformance::services::{Postgres, Redis};
use handstamp_redis::RedisStore;
use handstamp_sqlx::{PostgresStore, SqliteStore};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{PgPool, SqlitePool, query_scalar, raw_sql};

pub const NAMES: [&str; 4] = ["memory", "SQLite", "PostgreSQL", "Redis"];

/// A store whose size can be told.
pub struct Measured {
    pub store: Arc<dyn Store>,
    place: Place,
}

enum Place {
    /// It is part of this process.
    Memory,
    Sqlite(SqlitePool),
    Postgres(
        PgPool,
        #[expect(dead_code, reason = "is dropped last")] Postgres,
    ),
    Redis(Redis),
}

impl Measured {
    pub async fn start(name: &str) -> Self {
        let store: Arc<dyn Store>;
        let place;
        match name {
            "memory" => {
                store = Arc::new(MemoryStore::new());
                place = Place::Memory;
            }
            "SQLite" => {
                let folder = format!("handstamp-endurance-{}", process::id());
                let file = env::temp_dir().join(folder).with_extension("db");
                // Without waiting for the disk: this is about how much is written, not when.
                let options = SqliteConnectOptions::new()
                    .filename(file)
                    .create_if_missing(true)
                    .journal_mode(SqliteJournalMode::Wal)
                    .synchronous(SqliteSynchronous::Off);
                let pool = SqlitePoolOptions::new().max_connections(1);
                let pool = pool.connect_with(options).await.expect("a file");
                store = Arc::new(SqliteStore::in_pool(pool.clone()));
                place = Place::Sqlite(pool);
            }
            "PostgreSQL" => {
                let server = Postgres::start();
                let connected = PostgresStore::connect(&server.url()).await;
                store = Arc::new(connected.expect("a server"));
                let pool = PgPool::connect(&server.url()).await.expect("a server");
                place = Place::Postgres(pool, server);
            }
            _ => {
                let server = Redis::start();
                store = Arc::new(RedisStore::new(&server.url()).expect("a URL"));
                place = Place::Redis(server);
            }
        }
        Self { store, place }
    }

    /// Returns what the store takes, once its database has tidied up as it does by itself in time.
    pub async fn bytes(&self) -> u64 {
        let bytes: i64 = match &self.place {
            Place::Memory => return resident_bytes(),
            Place::Sqlite(pool) => {
                let tidy = raw_sql("PRAGMA wal_checkpoint(TRUNCATE)");
                tidy.execute(pool).await.expect("the file is not in use");
                let size = "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size";
                query_scalar(size).fetch_one(pool).await.expect("a size")
            }
            Place::Postgres(pool, _) => {
                raw_sql("VACUUM").execute(pool).await.expect("the owner");
                let size = "SELECT sum(pg_total_relation_size(oid))::bigint FROM pg_class \
                            WHERE relkind = 'r' AND relname LIKE 'handstamp%'";
                query_scalar(size).fetch_one(pool).await.expect("a size")
            }
            Place::Redis(server) => {
                let client = redis::Client::open(server.url()).expect("a URL");
                let connection = client.get_multiplexed_async_connection().await;
                let mut info = redis::cmd("INFO");
                info.arg("memory");
                let info: String = info
                    .query_async(&mut connection.expect("a server"))
                    .await
                    .expect("an answer");
                let used = info
                    .lines()
                    .find_map(|line| line.strip_prefix("used_memory:"));
                used.and_then(|used| used.trim().parse().ok())
                    .expect("a number")
            }
        };
        u64::try_from(bytes).expect("no size is negative")
    }
}

impl Drop for Measured {
    fn drop(&mut self) {
        if let Place::Sqlite(pool) = &self.place {
            let file = pool.connect_options().get_filename().to_owned();
            // A file that stays in the temporary folder is no reason to fail.
            for suffix in ["", "-wal", "-shm"] {
                let mut name = file.clone().into_os_string();
                name.push(suffix);
                let _ = fs::remove_file(name);
            }
        }
    }
}

/// Returns what this process takes of the machine's memory.
pub fn resident_bytes() -> u64 {
    let status = fs::read_to_string("/proc/self/status").expect("Linux");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|line| line.trim().strip_suffix(" kB"));
    let kib: u64 = kib
        .and_then(|kib| kib.trim().parse().ok())
        .expect("a number");
    kib * 1024
}
