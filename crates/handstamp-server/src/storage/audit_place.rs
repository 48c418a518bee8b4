//! Where the audit log is, as the server records it in the database for the commands.
//!
//! A command that is given no audit log would change a user without a record. It opens no file that
//! it was not given: who can write the database must not choose files for an operator.

use std::path::Path;

use super::database::{Database, DatabaseError, query};

/// Returns the path that the server recorded, if it keeps an audit log.
pub(crate) async fn recorded(database: &Database) -> Result<Option<String>, DatabaseError> {
    query!(database, pool => sqlx::query_scalar(RECORDED).fetch_optional(pool))
}

/// Records the path, or that there is none.
pub(crate) async fn record(database: &Database, path: Option<&Path>) -> Result<(), DatabaseError> {
    let path = path.map(|path| {
        let absolute = std::path::absolute(path);
        let path = absolute.as_deref().unwrap_or(path);
        path.to_string_lossy().into_owned()
    });
    if recorded(database).await? == path {
        return Ok(());
    }
    query!(database, pool => async {
        match &path {
            Some(path) => sqlx::query(RECORD).bind(path).execute(pool).await.map(drop),
            None => sqlx::query(FORGET).execute(pool).await.map(drop),
        }
    })
}

const RECORDED: &str = "SELECT path FROM handstamp_audit_log";
const RECORD: &str = "INSERT INTO handstamp_audit_log (id, path) VALUES (1, $1) \
                      ON CONFLICT (id) DO UPDATE SET path = excluded.path";
const FORGET: &str = "DELETE FROM handstamp_audit_log";
