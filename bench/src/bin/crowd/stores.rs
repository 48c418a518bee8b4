//! The four stores, and how an account gets many sessions in each: as an earlier release wrote
//! them, which had no limit.

use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use std::{env, fs, process};

use handstamp::store::{AccountId, MemoryStore, NewSession, SessionId, Store, TokenId};
use handstamp_conformance::services::{Postgres, Redis};
use handstamp_redis::RedisStore;
use handstamp_sqlx::{PostgresStore, SqliteStore};
use redis::{AsyncConnectionConfig, Value};
use sqlx::{AssertSqlSafe, PgPool, SqlitePool, raw_sql};
use tokio::task::JoinSet;

pub const NAMES: [&str; 4] = ["memory", "SQLite", "PostgreSQL", "Redis"];

/// A store, and what belongs to it.
pub struct Crowded {
    pub store: Arc<dyn Store>,
    behind: Behind,
}

/// What a store writes to. Removed when it is dropped.
enum Behind {
    Memory,
    Sqlite(
        SqlitePool,
        #[expect(dead_code, reason = "is dropped last")] Folder,
    ),
    Postgres(
        PgPool,
        #[expect(dead_code, reason = "is dropped last")] Postgres,
    ),
    Redis(Redis),
}

impl Crowded {
    pub async fn start(name: &str) -> Self {
        let store: Arc<dyn Store>;
        let behind;
        match name {
            "memory" => {
                store = Arc::new(MemoryStore::new());
                behind = Behind::Memory;
            }
            "SQLite" => {
                let folder = Folder::new();
                let url = format!("sqlite://{}", folder.0.join("sessions.db").display());
                store = Arc::new(SqliteStore::open(&url).await.expect("a file"));
                let pool = SqlitePool::connect(&url).await.expect("the same file");
                behind = Behind::Sqlite(pool, folder);
            }
            "PostgreSQL" => {
                let server = Postgres::start();
                let connected = PostgresStore::connect(&server.url()).await;
                store = Arc::new(connected.expect("a server"));
                let pool = PgPool::connect(&server.url()).await.expect("a server");
                behind = Behind::Postgres(pool, server);
            }
            _ => {
                let server = Redis::with(&REDIS);
                store = Arc::new(RedisStore::new(&server.url()).expect("a URL"));
                behind = Behind::Redis(server);
            }
        }
        Self { store, behind }
    }

    /// Lets PostgreSQL count the rows, as it does by itself within a minute.
    pub async fn analyze(&self) {
        if let Behind::Postgres(pool, _) = &self.behind {
            let done = raw_sql("VACUUM ANALYZE handstamp_sessions")
                .execute(pool)
                .await;
            done.expect("the table is there");
        }
    }

    /// Adds sessions with these numbers.
    pub async fn fill(&self, account: &'static str, numbers: Range<usize>) {
        let insert = |source: &str| {
            let numbers = source
                .replace("FIRST", &numbers.start.to_string())
                .replace("END", &numbers.end.to_string());
            let rows = INSERT.replace("NUMBERS", &numbers);
            AssertSqlSafe(rows.replace("ACCOUNT", account).replace("DATA", DATA))
        };
        match &self.behind {
            Behind::Sqlite(pool, _) => {
                let done = raw_sql(insert(SQLITE_NUMBERS)).execute(pool).await;
                done.expect("rows are inserted");
            }
            Behind::Postgres(pool, _) => {
                let done = raw_sql(insert(POSTGRES_NUMBERS)).execute(pool).await;
                done.expect("rows are inserted");
            }
            Behind::Memory | Behind::Redis(_) => {
                let mut tasks = JoinSet::new();
                for task in 0..CALLERS {
                    let (store, numbers) = (Arc::clone(&self.store), numbers.clone());
                    tasks.spawn(async move {
                        for number in numbers.skip(task).step_by(CALLERS) {
                            let created = store.create(session(account, number)).await;
                            created.expect("an answer");
                        }
                    });
                }
                tasks.join_all().await;
            }
        }
    }

    /// Returns the longest step that Redis has in its log.
    pub async fn longest_step(&self) -> Option<Duration> {
        let Behind::Redis(server) = &self.behind else {
            return None;
        };
        let client = redis::Client::open(server.url()).expect("a URL");
        let patient = AsyncConnectionConfig::new().set_response_timeout(None);
        let connection = client.get_multiplexed_async_connection_with_config(&patient);
        let mut connection = connection.await.expect("a server");
        let mut get = redis::cmd("SLOWLOG");
        get.arg("GET").arg(-1);
        let log: Vec<Vec<Value>> = get.query_async(&mut connection).await.expect("a log");
        let micros = log.iter().map(|entry| match entry.get(2) {
            Some(Value::Int(micros)) => micros.unsigned_abs(),
            _ => panic!("not an entry of the log: {entry:?}"),
        });
        Some(Duration::from_micros(micros.max().unwrap_or(0)))
    }
}

fn session(account: &str, number: usize) -> NewSession {
    let id = SessionId::from(&*format!("{account}-{number}"));
    let account = AccountId::new(None, account);
    let mut new = NewSession::new(id, account, TokenId::from("first"), DAY, DAY);
    DATA.clone_into(&mut new.data);
    new
}

/// A folder that is removed with its contents.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        let folder = env::temp_dir().join(format!("handstamp-crowd-{}", process::id()));
        fs::create_dir(&folder).expect("the temporary folder is writable");
        Self(folder)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // Files that stay in the temporary folder are no reason to fail.
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// The columns of the first migration.
const INSERT: &str = "INSERT INTO handstamp_sessions (
    id, account, generation, token, acknowledged, rotated_at, grace_started_at, created_at,
    last_active, idle_expires, absolute_expires, keep_until, data
)
SELECT
    'ACCOUNT-' || n, 'ACCOUNT', 1, 'first', true, now - n % 1000, now - n % 1000, now - n % 1000,
    now - n % 1000, now + 86400000, now + 86400000, 0, 'DATA'
FROM NUMBERS";
const SQLITE_NUMBERS: &str = "(
    WITH RECURSIVE numbers AS (
        SELECT FIRST AS n UNION ALL SELECT n + 1 FROM numbers WHERE n + 1 < END
    )
    SELECT n, unixepoch() * 1000 AS now FROM numbers WHERE n < END
)";
const POSTGRES_NUMBERS: &str = "(
    SELECT n, floor(extract(epoch FROM now()))::bigint * 1000 AS now
    FROM generate_series(FIRST, END - 1) AS numbers (n)
) AS numbers";
/// The data that a log-in from a browser keeps.
const DATA: &str = r#"{"csrf":"EBESExQVFhcYGRobHB0eHw","ip":"192.0.2.1","sub":"user123456","user_agent":"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"}"#;
/// Keeps nothing on disk, and logs each step of two milliseconds or more.
const REDIS: [&str; 8] = [
    "--save",
    "",
    "--appendonly",
    "no",
    "--slowlog-log-slower-than",
    "2000",
    "--slowlog-max-len",
    "100000",
];
/// How many callers fill a store at once.
const CALLERS: usize = 32;
const DAY: Duration = Duration::from_secs(24 * 60 * 60);
