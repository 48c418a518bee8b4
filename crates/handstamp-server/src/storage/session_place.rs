//! Where sessions are kept, as the server records it in the database for the commands.
//!
//! A command that looks for sessions in another place finds none to end, and a user who was
//! disabled would stay logged in. It compares texts and contacts no store.

use super::database::{Database, DatabaseError, query};
use super::redis_server::RedisServer;

/// Returns the text of a place: the same text means the same sessions.
pub(crate) fn text(redis: Option<&RedisServer>) -> String {
    redis.map_or_else(|| HERE.to_owned(), ToString::to_string)
}

/// Returns the place that the server recorded. A database that no server of this release has used
/// yet has none.
pub(crate) async fn recorded(database: &Database) -> Result<Option<String>, DatabaseError> {
    query!(database, pool => sqlx::query_scalar(RECORDED).fetch_optional(pool))
}

/// Records the place, and returns the one that was recorded before if it was another.
///
/// Of two servers that start at the same time with different places, the warning of one may be
/// missing. The record is that of the one that wrote last, as for any two starts.
pub(crate) async fn record(
    database: &Database,
    place: &str,
) -> Result<Option<String>, DatabaseError> {
    let former = recorded(database).await?;
    if former.as_deref() == Some(place) {
        return Ok(None);
    }
    query!(database, pool => async {
        sqlx::query(RECORD).bind(place).execute(pool).await.map(drop)
    })?;
    Ok(former)
}

/// The place of sessions that are in the database of users.
pub(crate) const HERE: &str = "this database";

const RECORDED: &str = "SELECT place FROM handstamp_session_store";
const RECORD: &str = "INSERT INTO handstamp_session_store (id, place) VALUES (1, $1) \
                      ON CONFLICT (id) DO UPDATE SET place = excluded.place";
