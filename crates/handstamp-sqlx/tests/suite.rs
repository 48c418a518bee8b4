//! The cases for every store, on an empty database and again on the full one that they leave
//! behind.

mod support;

use std::sync::Arc;
use std::time::Duration;

use handstamp_conformance::limits;
use handstamp_conformance::services::Postgres;
use handstamp_conformance::store::{run, run_with_clock};
use handstamp_sqlx::SqliteStore;
use sqlx::{AssertSqlSafe, Executor as _, PgPool, SqlitePool, query_scalar};
use support::{Folder, patient};
use tokio::time::sleep;

#[tokio::test(flavor = "multi_thread")]
async fn sqlite() {
    let folder = Folder::new();
    let path = folder.path("sessions.db");
    for _ in 0..2 {
        run(async || Arc::new(SqliteStore::open(&path).await.unwrap())).await;
        limits::run(async || SqliteStore::open(&path).await.unwrap()).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres() {
    let postgres = Postgres::start();
    let url = postgres.url();
    for _ in 0..2 {
        run(async || Arc::new(patient(&url).await)).await;
        limits::run(async || patient(&url).await).await;
    }
    // A deadlock would be resolved within seconds, and the statement repeated.
    let pool = PgPool::connect(&url).await.unwrap();
    sleep(OF_STATISTICS).await;
    let deadlocks = "SELECT sum(deadlocks)::bigint FROM pg_stat_database";
    let deadlocks: i64 = query_scalar(deadlocks).fetch_one(&pool).await.unwrap();
    assert_eq!(deadlocks, 0, "no caller waits for one that waits for it");
}

#[tokio::test(flavor = "multi_thread")]
async fn sqlite_whose_clock_is_put_back() {
    let folder = Folder::new();
    let path = folder.path("sessions.db");
    let store = Arc::new(SqliteStore::open(&path).await.unwrap());
    let pool = SqlitePool::connect(path.to_str().unwrap()).await.unwrap();
    run_with_clock(store, async |span| {
        pool.execute(AssertSqlSafe(move_on(span))).await.unwrap();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres_whose_clock_is_put_back() {
    let postgres = Postgres::start();
    let store = Arc::new(patient(&postgres.url()).await);
    let pool = PgPool::connect(&postgres.url()).await.unwrap();
    run_with_clock(store, async |span| {
        pool.execute(AssertSqlSafe(move_on(span))).await.unwrap();
    })
    .await;
}

/// Returns the statements that move every instant forward. The clock of a database is that of the
/// machine, which a test cannot set.
fn move_on(span: Duration) -> String {
    let millis = span.as_millis();
    let moved = |table: &str, columns: &[&str]| {
        let set: Vec<_> = columns
            .iter()
            .map(|column| format!("{column} = {column} + {millis}"))
            .collect();
        format!("UPDATE {table} SET {};", set.join(", "))
    };
    moved(
        "handstamp_sessions",
        &[
            "rotated_at",
            "grace_started_at",
            "created_at",
            "created_after",
            "last_active",
            "idle_expires",
            "absolute_expires",
            "revoked_at",
        ],
    ) + &moved("handstamp_not_before", &["not_before", "forget_at"])
        + &moved(
            "handstamp_sessions_not_before",
            &["not_before", "forget_at"],
        )
        + &moved("handstamp_revoked_tokens", &["until"])
        + &moved("handstamp_redeemed_tokens", &["until"])
}

/// Connections report what they counted once in a second.
const OF_STATISTICS: Duration = Duration::from_secs(2);
