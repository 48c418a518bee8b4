//! The rows that every store must pass.

use std::sync::Arc;

use handstamp_conformance::services::Postgres;
use handstamp_conformance::store;
use handstamp_sqlx::{PostgresStore, SqliteStore};

#[tokio::test(flavor = "multi_thread")]
async fn sqlite() {
    let folder = std::env::temp_dir().join(format!("suite-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join("sessions.db");
    store::run(async || Arc::new(SqliteStore::open(&path).await.unwrap())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres() {
    let postgres = Postgres::start();
    let url = postgres.url();
    store::run(async || Arc::new(PostgresStore::connect(&url).await.unwrap())).await;
}
