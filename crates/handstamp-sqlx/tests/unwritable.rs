//! A database that answers but cannot be written, as one with a full disk.

#![expect(clippy::unwrap_used, reason = "a failing test panics")]

mod support;

use std::time::Duration;

use handstamp::store::{Admission, Store};
use handstamp_conformance::services::Postgres;
use handstamp_sqlx::{PostgresStore, SqliteStore};
use sqlx::{PgPool, SqlitePool, raw_sql};
use support::{Folder, Login};

#[tokio::test(flavor = "multi_thread")]
async fn sqlite_admits_what_needs_no_write() {
    let folder = Folder::new();
    let path = folder.path("sessions.db");
    let store = SqliteStore::open(&path).await.unwrap();
    let pool = SqlitePool::connect(path.to_str().unwrap()).await.unwrap();
    admits_what_needs_no_write(&store, async || {
        let trigger = "CREATE TRIGGER full_disk BEFORE UPDATE ON handstamp_sessions \
                       BEGIN SELECT raise(ABORT, 'database or disk is full'); END";
        raw_sql(trigger).execute(&pool).await.unwrap();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres_admits_what_needs_no_write() {
    let postgres = Postgres::start();
    let store = PostgresStore::connect(&postgres.url()).await.unwrap();
    let pool = PgPool::connect(&postgres.url()).await.unwrap();
    admits_what_needs_no_write(&store, async || {
        let trigger = "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS \
                       $$ BEGIN RAISE 'could not extend file' USING ERRCODE = '53100'; END $$; \
                       CREATE TRIGGER full_disk BEFORE UPDATE ON handstamp_sessions \
                       FOR EACH ROW EXECUTE FUNCTION full_disk()";
        raw_sql(trigger).execute(&pool).await.unwrap();
    })
    .await;
}

async fn admits_what_needs_no_write(store: &dyn Store, fill: impl AsyncFn()) {
    let [live, rotated, ended] = ["live", "rotated", "ended"].map(Login::named);
    for login in [&live, &rotated, &ended] {
        store.create(login.create()).await.unwrap();
        store.admit(login.access(1)).await.unwrap();
    }
    let mut rotate = rotated.rotate(1);
    rotate.acknowledged = false;
    store.rotate(rotate).await.unwrap();
    store.revoke_session(ended.revoke()).await.unwrap();
    let used = |login: &Login, generation| {
        let mut admit = login.access(generation);
        admit.touch_after = Some(Duration::ZERO);
        admit
    };
    assert_eq!(
        store.admit(used(&live, 1)).await.unwrap(),
        Admission::Admitted
    );
    fill().await;
    for (name, admit, admission) in [
        ("nothing is due", live.access(1), Some(Admission::Admitted)),
        (
            "the time of its use",
            used(&live, 1),
            Some(Admission::Admitted),
        ),
        // While a generation is not acknowledged, the one before it still gives its tokens.
        ("an acknowledgement", rotated.access(2), None),
        ("both", used(&rotated, 2), None),
        (
            "the session has ended",
            used(&ended, 1),
            Some(Admission::SessionEnded),
        ),
    ] {
        assert_eq!(store.admit(admit).await.ok(), admission, "{name}");
    }
    assert!(store.rotate(live.rotate(1)).await.is_err());
}
