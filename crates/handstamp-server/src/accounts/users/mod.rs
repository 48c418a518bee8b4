//! Who can log in.

use handstamp_axum::handstamp::clock::UnixTime;

use crate::accounts::password::StoredHash;
use crate::accounts::user_name::UserName;
use crate::storage::clock::seconds;
use crate::storage::database::{Database, DatabaseError, on};

/// The users of the database.
#[derive(Debug, Clone)]
pub(crate) struct Users(Database);

/// Somebody who has an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct User {
    pub(crate) hash: StoredHash,
    /// Another one for each password the user has had.
    pub(crate) password: i64,
    pub(crate) may_log_in: bool,
}

impl Users {
    pub(crate) fn new(database: Database) -> Self {
        Self(database)
    }

    /// Whether the name was free, that of no other user in any case of letters.
    pub(crate) async fn add(
        &self,
        name: &UserName,
        hash: &StoredHash,
        now: UnixTime,
    ) -> Result<bool, DatabaseError> {
        let added = on!(&self.0, pool => async {
            let query = sqlx::query(ADD).bind(name.as_str()).bind(name.folded());
            let query = query.bind(hash.as_str()).bind(seconds(now));
            query.execute(pool).await.map(|done| done.rows_affected())
        })?;
        Ok(added == 1)
    }

    /// The user of exactly this name.
    pub(crate) async fn find(&self, name: &UserName) -> Result<Option<User>, DatabaseError> {
        let found: Option<(String, i64, Option<i64>)> = on!(&self.0, pool => {
            sqlx::query_as(FIND).bind(name.as_str()).fetch_optional(pool)
        })?;
        Ok(found.map(|(hash, password, disabled_at)| User {
            hash: StoredHash::from_database(hash),
            password,
            may_log_in: disabled_at.is_none(),
        }))
    }

    /// All names in order, and whether each may log in.
    pub(crate) async fn list(&self) -> Result<Vec<(String, bool)>, DatabaseError> {
        let rows: Vec<(String, Option<i64>)> =
            on!(&self.0, pool => sqlx::query_as(LIST).fetch_all(pool))?;
        let listed = rows
            .into_iter()
            .map(|(name, disabled_at)| (name, disabled_at.is_none()));
        Ok(listed.collect())
    }

    pub(crate) async fn is_empty(&self) -> Result<bool, DatabaseError> {
        let any: Option<i64> = on!(&self.0, pool => sqlx::query_scalar(ANY).fetch_optional(pool))?;
        Ok(any.is_none())
    }

    /// Whether there is such a user.
    pub(crate) async fn set_password(
        &self,
        name: &UserName,
        hash: &StoredHash,
    ) -> Result<bool, DatabaseError> {
        let found = on!(&self.0, pool => async {
            let query = sqlx::query(SET_PASSWORD).bind(name.as_str()).bind(hash.as_str());
            query.execute(pool).await.map(|done| done.rows_affected())
        })?;
        Ok(found == 1)
    }

    /// Puts a new hash of the same password in the place of the old one, unless that is gone meanwhile.
    pub(crate) async fn renew_hash(
        &self,
        name: &UserName,
        old: &StoredHash,
        new: &StoredHash,
    ) -> Result<(), DatabaseError> {
        on!(&self.0, pool => async {
            let query = sqlx::query(RENEW_HASH).bind(name.as_str());
            let query = query.bind(old.as_str()).bind(new.as_str());
            query.execute(pool).await.map(drop)
        })
    }

    /// Whether there is such a user.
    pub(crate) async fn disable(
        &self,
        name: &UserName,
        now: UnixTime,
    ) -> Result<bool, DatabaseError> {
        self.set_disabled_at(name, Some(seconds(now))).await
    }

    /// Whether there is such a user.
    pub(crate) async fn enable(&self, name: &UserName) -> Result<bool, DatabaseError> {
        self.set_disabled_at(name, None).await
    }

    async fn set_disabled_at(
        &self,
        name: &UserName,
        at: Option<i64>,
    ) -> Result<bool, DatabaseError> {
        let found = on!(&self.0, pool => async {
            let query = sqlx::query(SET_DISABLED_AT).bind(name.as_str()).bind(at);
            query.execute(pool).await.map(|done| done.rows_affected())
        })?;
        Ok(found == 1)
    }
}

const ADD: &str = "INSERT INTO handstamp_users (name, folded_name, password_hash, created_at) VALUES ($1, $2, $3, $4) \
                   ON CONFLICT DO NOTHING";
const FIND: &str =
    "SELECT password_hash, password_number, disabled_at FROM handstamp_users WHERE name = $1";
const LIST: &str = "SELECT name, disabled_at FROM handstamp_users ORDER BY folded_name";
const ANY: &str = "SELECT CAST(1 AS BIGINT) FROM handstamp_users LIMIT 1";
const SET_PASSWORD: &str = "UPDATE handstamp_users SET password_hash = $2, password_number = password_number + 1 \
                            WHERE name = $1";
const RENEW_HASH: &str =
    "UPDATE handstamp_users SET password_hash = $3 WHERE name = $1 AND password_hash = $2";
const SET_DISABLED_AT: &str = "UPDATE handstamp_users SET disabled_at = $2 WHERE name = $1";

#[cfg(test)]
mod tests;
