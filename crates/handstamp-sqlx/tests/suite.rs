//! The cases for every store, on an empty database and again on the full one that they leave
//! behind.

mod support;

use std::sync::Arc;

use handstamp_conformance::services::Postgres;
use handstamp_conformance::store::run;
use handstamp_sqlx::SqliteStore;
use support::{Folder, patient};

#[tokio::test(flavor = "multi_thread")]
async fn sqlite() {
    let folder = Folder::new();
    let path = folder.path("sessions.db");
    for _ in 0..2 {
        run(async || Arc::new(SqliteStore::open(&path).await.unwrap())).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres() {
    let postgres = Postgres::start();
    let url = postgres.url();
    for _ in 0..2 {
        run(async || Arc::new(patient(&url).await)).await;
    }
}
