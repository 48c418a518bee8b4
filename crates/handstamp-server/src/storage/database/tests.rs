use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use super::*;
use crate::storage::testing::TempDir;

#[tokio::test]
async fn concurrent_opens_create_the_tables_once() {
    let dir = TempDir::new();
    let path = dir.path().join("handstamp.db");
    let opened: Vec<_> = (0..8)
        .map(|_| {
            let url = DatabaseUrl::sqlite_file(&path);
            tokio::spawn(async move { Database::open(&url, Missing::Create).await.unwrap() })
        })
        .collect();
    for database in opened {
        let (database, _) = database.await.unwrap();
        database.ping().await.unwrap();
    }
    let Database::Sqlite(pool, _) = dir.database().await else {
        panic!("not a file");
    };
    let versions = "SELECT version FROM handstamp_server_schema ORDER BY version";
    let versions: Vec<i64> = sqlx::query_scalar(versions).fetch_all(&pool).await.unwrap();
    assert_eq!(versions, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    let mode = fs::metadata(path).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[tokio::test]
async fn tables_of_a_newer_release_are_not_changed() {
    let dir = TempDir::new();
    let Database::Sqlite(pool, _) = dir.database().await else {
        panic!("not a file");
    };
    let newer = "INSERT INTO handstamp_server_schema (version) VALUES (11)";
    sqlx::query(newer).execute(&pool).await.unwrap();
    let url = DatabaseUrl::sqlite_file(&dir.path().join("handstamp.db"));
    let message = Database::open(&url, Missing::Create)
        .await
        .unwrap_err()
        .to_string();
    assert_eq!(
        message,
        "the tables were created by a newer handstamp: they have version 11, and this release supports 10"
    );
}

#[tokio::test]
async fn a_table_of_counts_stays_for_servers_of_the_release_before_and_no_longer() {
    let dir = TempDir::new();
    let Database::Sqlite(pool, _) = dir.database().await else {
        panic!("not a file");
    };
    for statement in [
        include_str!("../migrations/0002_log_in_attempts.sql"),
        "DELETE FROM handstamp_server_schema WHERE version > 9",
    ] {
        sqlx::raw_sql(statement).execute(&pool).await.unwrap();
    }
    drop(dir.database().await);
    let left =
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name LIKE 'handstamp_log_in%'";
    let left: Vec<String> = sqlx::query_scalar(left).fetch_all(&pool).await.unwrap();
    assert_eq!(left, ["handstamp_log_in_limits"]);
}

#[tokio::test(start_paused = true)]
async fn a_query_without_an_answer_times_out() {
    let never = std::future::pending::<Result<(), sqlx::Error>>();
    let error = with_timeout(never, Duration::from_secs(5))
        .await
        .unwrap_err();
    assert_eq!(error.to_string(), "no answer within 5 s");
}
