//! Tests of both databases for what the cases for every store cannot show.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a failing test panics")]

mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use handstamp::limit::{Bucket, LimitStore, Quota};
use handstamp::store::rotation::Continuation;
use handstamp::store::{Admission, Created, RevokeToken, Rotation, Store, TokenId};
use handstamp_conformance::services::Postgres;
use handstamp_sqlx::{PostgresStore, SqliteStore};
use sqlx::{Connection as _, Executor as _, PgPool, SqliteConnection, query_scalar};
use support::{Folder, HOUR, Login, list, now, patient, timed, together};
use tokio::time::{sleep, timeout};

#[tokio::test(flavor = "multi_thread")]
async fn sqlite_refreshes_a_thousand_sessions_at_once() {
    let folder = Folder::new();
    let store = SqliteStore::open(folder.path("sessions.db")).await.unwrap();
    a_thousand_sessions_at_once(Arc::new(store)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres_refreshes_a_thousand_sessions_at_once() {
    let postgres = Postgres::start();
    let store = patient(&postgres.url()).await;
    a_thousand_sessions_at_once(Arc::new(store)).await;
}

async fn a_thousand_sessions_at_once(store: Arc<dyn Store>) {
    let logins: Vec<_> = (0..1_000).map(|n| Login::named(&n.to_string())).collect();
    let create = |login: &Login| {
        let (store, new) = (Arc::clone(&store), login.create());
        async move { store.create(new).await }
    };
    let (created, creating) = timed(together(logins.iter().map(create))).await;
    for created in created {
        assert!(matches!(created, Ok(Created::New { .. })), "{created:?}");
    }
    let rotate = |login: &Login| {
        let (store, rotate) = (Arc::clone(&store), login.rotate(1));
        async move { store.rotate(rotate).await }
    };
    let (rotated, rotating) = timed(together(logins.iter().map(rotate))).await;
    for rotated in rotated {
        let is_rotated = matches!(rotated, Ok(Rotation::Continued(Continuation::Rotated, _)));
        assert!(is_rotated, "{rotated:?}");
    }
    println!("a thousand log-ins {creating:?}, refreshes {rotating:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn sqlite_works_after_callers_have_given_up() {
    let folder = Folder::new();
    let store = SqliteStore::open(folder.path("sessions.db")).await.unwrap();
    callers_gave_up(Arc::new(store)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres_works_after_callers_have_given_up() {
    let postgres = Postgres::start();
    let store = patient(&postgres.url()).await;
    callers_gave_up(Arc::new(store)).await;
}

/// Drops calls at any point, including the first one on a connection. Later calls get their own
/// answers.
async fn callers_gave_up(store: Arc<dyn Store>) {
    for round in 0..20 {
        let give_up = |n: u64| {
            let store = Arc::clone(&store);
            async move {
                let login = Login::named(&format!("{round}-{n}"));
                let patience = Duration::from_micros(n * 37 % 9_000);
                let _ = timeout(patience, store.create(login.create())).await;
                let _ = timeout(patience, store.rotate(login.rotate(1))).await;
                let _ = timeout(patience, store.admit(login.access(1))).await;
                let _ = timeout(patience, store.revoke_user(login.revoke_all())).await;
                let _ = timeout(patience, store.list(list(login.account))).await;
            }
        };
        together((0..100).map(give_up)).await;
        let whole_life = |n: u64| {
            let store = Arc::clone(&store);
            async move {
                let login = Login::named(&format!("{round}-{n}-again"));
                let created = store.create(login.create()).await.unwrap();
                assert!(matches!(created, Created::New { row, .. } if row.id == login.session));
                let rotated = store.rotate(login.rotate(1)).await.unwrap();
                let Rotation::Continued(Continuation::Rotated, row) = rotated else {
                    panic!("{rotated:?}");
                };
                assert_eq!((&row.id, row.current), (&login.session, login.token(2)));
                let listed = store.list(list(login.account.clone())).await.unwrap().rows;
                assert_eq!(listed.len(), 1);
                let ended = store.revoke_user(login.revoke_all()).await.unwrap().ids;
                assert_eq!(ended, std::slice::from_ref(&login.session));
                let admission = store.admit(login.access(2)).await.unwrap();
                assert_eq!(admission, Admission::SessionEnded);
            }
        };
        together((0..20).map(whole_life)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sqlite_purges_without_blocking_other_callers() {
    let folder = Folder::new();
    let path = folder.path("sessions.db");
    let store = SqliteStore::open(&path).await.unwrap();
    let pool = sqlx::SqlitePool::connect(path.to_str().unwrap())
        .await
        .unwrap();
    pool.execute(
        "WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 100000)
        INSERT INTO handstamp_sessions (
            id, account, generation, token, acknowledged, rotated_at, grace_started_at, created_at, last_active,
            idle_expires, absolute_expires, keep_until, data
        )
        SELECT 'old-' || n, 'user-' || n % 1000, 1, 'token', 0, 1, 1, 1, 1, n, n, 0, '{}' FROM numbers",
    )
    .await
    .unwrap();
    purges_without_blocking_other_callers(Arc::new(store)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres_purges_without_blocking_other_callers() {
    let postgres = Postgres::start();
    let store = PostgresStore::connect(&postgres.url()).await.unwrap();
    let pool = sqlx::PgPool::connect(&postgres.url()).await.unwrap();
    pool.execute(
        "INSERT INTO handstamp_sessions (
            id, account, generation, token, acknowledged, rotated_at, grace_started_at, created_at, last_active,
            idle_expires, absolute_expires, keep_until, data
        )
        SELECT 'old-' || n, 'user-' || n % 1000, 1, 'token', false, 1, 1, 1, 1, n, n, 0, '{}'
        FROM generate_series(1, 100000) AS n",
    )
    .await
    .unwrap();
    purges_without_blocking_other_callers(Arc::new(store)).await;
}

/// The store has a hundred thousand sessions that have ended.
async fn purges_without_blocking_other_callers(store: Arc<dyn Store>) {
    let mut kept = Login::named("kept").create();
    kept.idle = Duration::ZERO;
    kept.keep_until = Some(now().saturating_add(HOUR));
    store.create(kept.clone()).await.unwrap();
    let is_over = Arc::new(AtomicBool::new(false));
    let refreshing = tokio::spawn({
        let (store, is_over) = (Arc::clone(&store), Arc::clone(&is_over));
        async move {
            let login = Login::named("refreshing");
            store.create(login.create()).await.unwrap();
            let mut longest = Duration::ZERO;
            let mut generation = 1;
            while !is_over.load(Ordering::Relaxed) {
                let rotate = store.rotate(login.rotate(generation));
                let (rotated, took) = timed(rotate).await;
                assert!(matches!(
                    rotated,
                    Ok(Rotation::Continued(Continuation::Rotated, _))
                ));
                longest = longest.max(took);
                generation += 1;
                sleep(Duration::from_millis(1)).await;
            }
            (generation, longest)
        }
    });
    let (purged, purging) = timed(store.purge()).await;
    is_over.store(true, Ordering::Relaxed);
    let (refreshed, longest) = refreshing.await.unwrap();
    println!(
        "purged in {purging:?}; {refreshed} refreshes meanwhile, of which the longest took {longest:?}"
    );
    assert_eq!(purged.unwrap(), 100_000);
    assert!(longest < Duration::from_secs(1), "{longest:?}");
    let again = store.create(kept).await.unwrap();
    assert!(matches!(again, Created::AlreadyExists(_)), "{again:?}");
    assert_eq!(store.purge().await.unwrap(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn sqlite_removes_what_has_ended() {
    let folder = Folder::new();
    let store = SqliteStore::open(folder.path("sessions.db")).await.unwrap();
    removes_what_has_ended(&store).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres_removes_what_has_ended() {
    let postgres = Postgres::start();
    let store = PostgresStore::connect(&postgres.url()).await.unwrap();
    removes_what_has_ended(&store).await;
}

async fn removes_what_has_ended(store: &dyn Store) {
    let login = Login::named("user");
    let soon = Duration::from_millis(200);
    let mut new = login.create();
    new.idle = soon;
    store.create(new).await.unwrap();
    let mut all = login.revoke_all();
    all.keep = soon;
    assert_eq!(store.revoke_user(all).await.unwrap().ids.len(), 1);
    let (token, until) = (TokenId::from("token"), now().saturating_add(soon));
    let revoke = RevokeToken::new(login.account, token, until);
    store.revoke_token(revoke).await.unwrap();
    assert_eq!(store.purge().await.unwrap(), 0, "too early");
    sleep(2 * soon).await;
    assert_eq!(
        store.purge().await.unwrap(),
        4,
        "a session, a token, and a not-before of tokens and of sessions"
    );
    assert_eq!(store.purge().await.unwrap(), 0, "gone");
}

#[tokio::test(flavor = "multi_thread")]
async fn sqlite_writes_nothing_for_a_client_that_is_denied() {
    let folder = Folder::new();
    let path = folder.path("sessions.db");
    let store = SqliteStore::open(&path).await.unwrap();
    let mut other = SqliteConnection::connect(path.to_str().unwrap())
        .await
        .unwrap();
    // It changes when another connection commits.
    writes_nothing_for_a_client_that_is_denied(&store, async || {
        let version = query_scalar("PRAGMA data_version").fetch_one(&mut other);
        let version: i64 = version.await.unwrap();
        version.to_string()
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres_writes_nothing_for_a_client_that_is_denied() {
    let postgres = Postgres::start();
    let store = PostgresStore::connect(&postgres.url()).await.unwrap();
    let pool = PgPool::connect(&postgres.url()).await.unwrap();
    // A row that was locked has another `xmax`.
    let rows = "SELECT coalesce(string_agg(concat_ws(' ', l.key, l.full_at, l.xmin, l.xmax, l.ctid), ', '), '') \
                FROM handstamp_limits AS l";
    writes_nothing_for_a_client_that_is_denied(&store, async || {
        query_scalar(rows).fetch_one(&pool).await.unwrap()
    })
    .await;
}

async fn writes_nothing_for_a_client_that_is_denied(
    store: &dyn LimitStore,
    mut state: impl AsyncFnMut() -> String,
) {
    let wide = Bucket::new("wide", Quota::per_hour(5));
    let narrow = Bucket::new("narrow", Quota::per_hour(1));
    let closed = Bucket::new("closed", Quota::new(0, Duration::from_secs(1)));
    let full = Bucket::new("full", Quota::per_hour(1));
    let mut last = state().await;
    for (sentence, buckets, is_charged) in [
        ("let through", [&wide, &narrow], true),
        ("denied", [&wide, &narrow], false),
        ("denied, in another order", [&narrow, &wide], false),
        ("denied, with a full bucket", [&full, &narrow], false),
        ("only looked at", [&wide, &closed], false),
    ] {
        let charged = store.charge(&buckets.map(Bucket::clone)).await.unwrap();
        assert_eq!(charged.is_charged, is_charged, "{sentence}");
        let now = state().await;
        assert_eq!(now != last, is_charged, "{sentence}: {last} is {now}");
        last = now;
    }
}
