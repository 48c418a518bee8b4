//! Tests of databases that an older release has made, and of its nodes that still run.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a failing test panics")]

mod support;

use std::sync::Arc;
use std::time::Duration;

use handstamp::store::rotation::{Continuation, MAX_LATE_GENERATIONS, Reuse};
use handstamp::store::{Admission, Rotation, SessionRow, Store};
use handstamp_conformance::services::Postgres;
use handstamp_sqlx::{PostgresStore, SqliteStore};
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Executor as _, PgPool, SqlSafeStr as _, SqlitePool};
use support::{Folder, Login, list, patient, together};
use tokio::time::{sleep, timeout};

#[tokio::test(flavor = "multi_thread")]
async fn sqlite_counts_late_reissues_from_zero_in_rows_of_an_older_release() {
    let folder = Folder::new();
    let path = folder.path("sessions.db");
    let options = SqliteConnectOptions::new().filename(&path);
    let pool = SqlitePool::connect_with(options.create_if_missing(true))
        .await
        .unwrap();
    let first = include_str!("../migrations/sqlite/0001_sessions.sql");
    first_release(first).run(&pool).await.unwrap();
    pool.execute(OLD_SESSION).await.unwrap();
    let store = SqliteStore::open(&path).await.unwrap();
    counts_from_zero(&store).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres_counts_late_reissues_from_zero_in_rows_of_an_older_release() {
    let postgres = Postgres::start();
    let pool = PgPool::connect(&postgres.url()).await.unwrap();
    let first = include_str!("../migrations/postgres/0001_sessions.sql");
    first_release(first).run(&pool).await.unwrap();
    pool.execute(OLD_SESSION).await.unwrap();
    let store = PostgresStore::connect(&postgres.url()).await.unwrap();
    counts_from_zero(&store).await;
}

/// A later release runs its migrations while nodes of this one go on.
#[tokio::test(flavor = "multi_thread")]
async fn postgres_works_on_after_a_later_release_has_added_a_column() {
    let postgres = Postgres::start();
    let store = patient(&postgres.url()).await;
    let login = Login::named("user");
    store.create(login.create()).await.unwrap();
    store.rotate(login.rotate(1)).await.unwrap();
    let pool = PgPool::connect(&postgres.url()).await.unwrap();
    pool.execute("ALTER TABLE handstamp_sessions ADD COLUMN later bigint NOT NULL DEFAULT 0")
        .await
        .unwrap();
    let rotated = store.rotate(login.rotate(2)).await.unwrap();
    let is_rotated = matches!(rotated, Rotation::Continued(Continuation::Rotated, _));
    assert!(is_rotated, "{rotated:?}");
}

/// As above, by every connection and every statement that was prepared before.
#[tokio::test(flavor = "multi_thread")]
async fn sqlite_works_on_after_a_later_release_has_added_a_column() {
    let folder = Folder::new();
    let path = folder.path("sessions.db");
    let store = Arc::new(SqliteStore::open(&path).await.unwrap());
    let login = Login::named("user");
    store.create(login.create()).await.unwrap();
    let use_all = async |generation| {
        let answered = async {
            let rotated = store.rotate(login.rotate(generation)).await.unwrap();
            let is_rotated = matches!(rotated, Rotation::Continued(Continuation::Rotated, _));
            assert!(is_rotated, "{rotated:?}");
            let reads = (0..20).map(|_| {
                let (store, login) = (Arc::clone(&store), login.clone());
                async move {
                    assert!(store.session(login.read()).await.unwrap().is_some());
                    let listed = store.list(list(login.account.clone())).await.unwrap();
                    assert_eq!(listed.rows.len(), 1);
                    let admitted = store.admit(login.access(generation + 1)).await.unwrap();
                    assert_eq!(admitted, Admission::Admitted);
                }
            });
            together(reads).await;
            let other = Login::named(&generation.to_string());
            store.create(other.create()).await.unwrap();
        };
        timeout(Duration::from_secs(10), answered).await.unwrap();
    };
    use_all(1).await;
    let options = SqliteConnectOptions::new().filename(&path);
    let pool = SqlitePool::connect_with(options).await.unwrap();
    pool.execute("ALTER TABLE handstamp_sessions ADD COLUMN later INTEGER NOT NULL DEFAULT 0")
        .await
        .unwrap();
    use_all(2).await;
}

/// The migrations of the first release.
fn first_release(sql: &'static str) -> Migrator {
    let sql = sql.into_sql_str();
    let first = Migration::new(1, "sessions".into(), MigrationType::Simple, sql, false);
    let mut migrator = Migrator::with_migrations(vec![first]);
    migrator.dangerous_set_table_name("handstamp_migrations");
    migrator
}

async fn counts_from_zero(store: &dyn Store) {
    let login = Login::named("user");
    let row = store.session(login.read()).await.unwrap().unwrap();
    assert_eq!((row.late_generation, row.late_in_a_row), (0, 0));
    for generation in 1..=MAX_LATE_GENERATIONS {
        let row = late(store, &login, generation).await;
        let Rotation::Continued(Continuation::ReissuedLate, row) = row else {
            panic!("{row:?}");
        };
        let SessionRow {
            late_generation,
            late_in_a_row,
            ..
        } = row;
        assert_eq!(
            (late_generation, late_in_a_row),
            (generation + 1, generation)
        );
    }
    let third = late(store, &login, MAX_LATE_GENERATIONS + 1).await;
    assert!(matches!(third, Rotation::Reused(Reuse::Late)), "{third:?}");
}

/// Rotates the token of this generation without a sign that its successor arrives, and presents it
/// again after the grace window.
async fn late(store: &dyn Store, login: &Login, generation: u64) -> Rotation {
    let rotate = || {
        let mut rotate = login.rotate(generation);
        rotate.acknowledged = false;
        rotate
    };
    // The first of two acknowledges the generation, if nothing did before.
    for _ in 0..2 {
        store.rotate(rotate()).await.unwrap();
        sleep(Duration::from_millis(5)).await;
    }
    store.rotate(rotate()).await.unwrap()
}

/// A live session as the first release has written it, of the account and with the first token of
/// `Login::named("user")`.
const OLD_SESSION: &str = "INSERT INTO handstamp_sessions (
        id, account, generation, token, acknowledged, rotated_at, grace_started_at, created_at, last_active,
        idle_expires, absolute_expires, keep_until, data
    )
    VALUES ('user', 'user', 1, 'user', true, 1, 1, 1, 1, 9000000000000, 9000000000000, 0, '')";
