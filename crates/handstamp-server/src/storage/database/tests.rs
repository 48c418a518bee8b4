use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use super::*;
use crate::storage::testing::Folder;

#[tokio::test]
async fn tables_are_made_once_also_by_many_at_once() {
    let folder = Folder::new();
    let path = folder.path().join("handstamp.db");
    let opened: Vec<_> = (0..8)
        .map(|_| {
            let location = Location::file(&path);
            tokio::spawn(async move { Database::open(&location).await.unwrap() })
        })
        .collect();
    for database in opened {
        database.await.unwrap().ping().await.unwrap();
    }
    let Database::Sqlite(pool) = folder.database().await else {
        panic!("not a file");
    };
    let versions = "SELECT version FROM handstamp_server_schema ORDER BY version";
    let versions: Vec<i64> = sqlx::query_scalar(versions).fetch_all(&pool).await.unwrap();
    assert_eq!(versions, [1, 2]);
    let mode = fs::metadata(path).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[tokio::test]
async fn tables_of_a_newer_release_are_left_alone() {
    let folder = Folder::new();
    let Database::Sqlite(pool) = folder.database().await else {
        panic!("not a file");
    };
    let newer = "INSERT INTO handstamp_server_schema (version) VALUES (7)";
    sqlx::query(newer).execute(&pool).await.unwrap();
    let location = Location::file(&folder.path().join("handstamp.db"));
    let said = Database::open(&location).await.unwrap_err().to_string();
    assert_eq!(
        said,
        "the tables were made by a newer handstamp: they have version 7, and this one knows 2"
    );
}

#[tokio::test(start_paused = true)]
async fn nobody_waits_for_ever() {
    let never = std::future::pending::<Result<(), sqlx::Error>>();
    let error = answered(never, Duration::from_secs(5)).await.unwrap_err();
    assert_eq!(error.to_string(), "no answer within 5 s");
}
