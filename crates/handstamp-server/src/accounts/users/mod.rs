//! The table of users.
//!
//! It reads and writes rows by the name of the user. It neither compares passwords nor ends
//! sessions.

use handstamp_axum::handstamp::clock::UnixTime;

use super::password::StoredHash;
use super::user_name::UserName;
use crate::storage::clock::{milliseconds, seconds};
use crate::storage::database::{Database, DatabaseError, query};

/// The users in the database.
#[derive(Debug, Clone)]
pub(crate) struct Users(Database);

/// One user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct User {
    /// The name as the table has it, which is the subject of tokens.
    pub(crate) name: UserName,
    pub(crate) hash: StoredHash,
    /// Counts the passwords that the user has had.
    pub(crate) password_number: i64,
    pub(crate) may_log_in: bool,
}

/// Name, hash, number of the password, and when the user was disabled.
type UserRow = (String, String, i64, Option<i64>);

impl From<UserRow> for User {
    fn from((name, hash, password_number, disabled_at): UserRow) -> Self {
        Self {
            name: UserName::from_database(name),
            hash: StoredHash::from_database(hash),
            password_number,
            may_log_in: disabled_at.is_none(),
        }
    }
}

impl Users {
    pub(crate) fn new(database: Database) -> Self {
        Self(database)
    }

    /// Adds a user. Returns `false`, and adds none, if the name differs from that of another user
    /// by case alone or not at all.
    ///
    /// Failed log-ins with the name from before, when a user of this name was removed or there was
    /// none, do not count: the epoch of the throttle begins with the time.
    pub(crate) async fn add(
        &self,
        name: &UserName,
        hash: &StoredHash,
        now: UnixTime,
    ) -> Result<bool, DatabaseError> {
        let added = query!(&self.0, pool => async {
            let query = sqlx::query(ADD).bind(name.as_str()).bind(name.folded());
            let query = query.bind(hash.as_str()).bind(seconds(now)).bind(milliseconds(now));
            query.execute(pool).await.map(|done| done.rows_affected())
        })?;
        Ok(added == 1)
    }

    /// Returns the user of exactly this name, else the one of this name in normalization form C.
    pub(crate) async fn find(&self, name: &UserName) -> Result<Option<User>, DatabaseError> {
        let found: Option<UserRow> = query!(&self.0, pool => async {
            let query = sqlx::query_as(FIND).bind(name.as_str()).bind(name.composed());
            query.fetch_optional(pool).await
        })?;
        Ok(found.map(User::from))
    }

    /// Returns the user of a name that was typed to log in, in whatever case: phones begin it with
    /// a capital, and no two users have names that differ by case alone.
    pub(crate) async fn find_typed(&self, name: &UserName) -> Result<Option<User>, DatabaseError> {
        let found: Option<UserRow> = query!(&self.0, pool => async {
            let query = sqlx::query_as(FIND_TYPED).bind(name.as_str()).bind(name.composed());
            let query = query.bind(name.folded()).bind(name.composed_and_folded());
            query.fetch_optional(pool).await
        })?;
        Ok(found.map(User::from))
    }

    /// Returns all names in order, and whether each user may log in.
    pub(crate) async fn list(&self) -> Result<Vec<(String, bool)>, DatabaseError> {
        let rows: Vec<(String, Option<i64>)> =
            query!(&self.0, pool => sqlx::query_as(LIST).fetch_all(pool))?;
        let listed = rows
            .into_iter()
            .map(|(name, disabled_at)| (name, disabled_at.is_none()));
        Ok(listed.collect())
    }

    /// Removes a user. Returns `false` if there is no such user.
    ///
    /// There are no demo users again, even when the last user was removed: that is recorded first.
    pub(crate) async fn remove(&self, name: &UserName) -> Result<bool, DatabaseError> {
        query!(&self.0, pool => async { sqlx::query(END_DEMO).execute(pool).await.map(drop) })?;
        let found = query!(&self.0, pool => async {
            let query = sqlx::query(REMOVE).bind(name.as_str());
            query.execute(pool).await.map(|done| done.rows_affected())
        })?;
        Ok(found == 1)
    }

    pub(crate) async fn is_empty(&self) -> Result<bool, DatabaseError> {
        self.finds_none(FIRST).await
    }

    /// Returns whether no user was ever added. Then there may be demo users.
    pub(crate) async fn is_unused(&self) -> Result<bool, DatabaseError> {
        self.finds_none(FIRST_OR_FORMER).await
    }

    async fn finds_none(&self, query: &'static str) -> Result<bool, DatabaseError> {
        let first: Option<i64> =
            query!(&self.0, pool => sqlx::query_scalar(query).fetch_optional(pool))?;
        Ok(first.is_none())
    }

    /// Returns the number that grows when failed log-ins of this user are to be counted anew; 0 if
    /// there is no such user. Forms of a name are counted together.
    pub(crate) async fn throttle_epoch(&self, name: &UserName) -> Result<i64, DatabaseError> {
        let epoch: Option<i64> = query!(&self.0, pool => {
            let query = sqlx::query_scalar(EPOCH).bind(name.folded());
            query.bind(name.composed_and_folded()).fetch_one(pool)
        })?;
        Ok(epoch.unwrap_or_default())
    }

    /// Counts failed log-ins anew. Returns `false` if there is no such user.
    pub(crate) async fn unlock(&self, name: &UserName) -> Result<bool, DatabaseError> {
        let found = query!(&self.0, pool => async {
            let query = sqlx::query(UNLOCK).bind(name.as_str());
            query.execute(pool).await.map(|done| done.rows_affected())
        })?;
        Ok(found == 1)
    }

    /// Sets a new password, and counts failed log-ins anew. Returns `false` if there is no such
    /// user.
    pub(crate) async fn set_password(
        &self,
        name: &UserName,
        hash: &StoredHash,
    ) -> Result<bool, DatabaseError> {
        let found = query!(&self.0, pool => async {
            let query = sqlx::query(SET_PASSWORD).bind(name.as_str()).bind(hash.as_str());
            query.execute(pool).await.map(|done| done.rows_affected())
        })?;
        Ok(found == 1)
    }

    /// Sets a new password, as [`set_password`](Self::set_password) does, if the user still has the
    /// one with this number. Returns whether that was so.
    pub(crate) async fn change_password(
        &self,
        name: &UserName,
        number: i64,
        hash: &StoredHash,
    ) -> Result<bool, DatabaseError> {
        let found = query!(&self.0, pool => async {
            let query = sqlx::query(CHANGE_PASSWORD).bind(name.as_str());
            let query = query.bind(hash.as_str()).bind(number);
            query.execute(pool).await.map(|done| done.rows_affected())
        })?;
        Ok(found == 1)
    }

    /// Replaces the hash by another one of the same password, unless it was changed meanwhile.
    pub(crate) async fn replace_hash(
        &self,
        name: &UserName,
        old: &StoredHash,
        new: &StoredHash,
    ) -> Result<(), DatabaseError> {
        query!(&self.0, pool => async {
            let query = sqlx::query(REPLACE_HASH).bind(name.as_str());
            let query = query.bind(old.as_str()).bind(new.as_str());
            query.execute(pool).await.map(drop)
        })
    }

    /// Returns `false` if there is no such user.
    pub(crate) async fn disable(
        &self,
        name: &UserName,
        now: UnixTime,
    ) -> Result<bool, DatabaseError> {
        self.set_disabled_at(name, Some(seconds(now))).await
    }

    /// Enables a user, and counts failed log-ins anew. Returns `false` if there is no such user.
    pub(crate) async fn enable(&self, name: &UserName) -> Result<bool, DatabaseError> {
        self.set_disabled_at(name, None).await
    }

    async fn set_disabled_at(
        &self,
        name: &UserName,
        at: Option<i64>,
    ) -> Result<bool, DatabaseError> {
        let found = query!(&self.0, pool => async {
            let query = sqlx::query(SET_DISABLED_AT).bind(name.as_str()).bind(at);
            query.execute(pool).await.map(|done| done.rows_affected())
        })?;
        Ok(found == 1)
    }
}

const ADD: &str = "INSERT INTO handstamp_users (name, folded_name, password_hash, created_at, throttle_epoch) \
                   VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING";
const REMOVE: &str = "DELETE FROM handstamp_users WHERE name = $1";
const FIND: &str = "SELECT name, password_hash, password_number, disabled_at FROM handstamp_users \
                    WHERE name IN ($1, $2) ORDER BY CASE WHEN name = $1 THEN 0 ELSE 1 END LIMIT 1";
const FIND_TYPED: &str = "SELECT name, password_hash, password_number, disabled_at FROM handstamp_users \
                          WHERE name IN ($1, $2) OR folded_name IN ($3, $4) \
                          ORDER BY CASE WHEN name = $1 THEN 0 WHEN name = $2 THEN 1 ELSE 2 END, name LIMIT 1";
const LIST: &str = "SELECT name, disabled_at FROM handstamp_users ORDER BY folded_name";
const FIRST: &str = "SELECT CAST(1 AS BIGINT) FROM handstamp_users LIMIT 1";
const FIRST_OR_FORMER: &str = "SELECT CAST(1 AS BIGINT) FROM handstamp_users \
                               UNION ALL SELECT id FROM handstamp_demo_end LIMIT 1";
const END_DEMO: &str = "INSERT INTO handstamp_demo_end (id) VALUES (1) ON CONFLICT DO NOTHING";
const EPOCH: &str = "SELECT MAX(throttle_epoch) FROM handstamp_users WHERE folded_name IN ($1, $2)";
const UNLOCK: &str =
    "UPDATE handstamp_users SET throttle_epoch = throttle_epoch + 1 WHERE name = $1";
const SET_PASSWORD: &str = "UPDATE handstamp_users SET password_hash = $2, password_number = password_number + 1, \
                            throttle_epoch = throttle_epoch + 1 WHERE name = $1";
const CHANGE_PASSWORD: &str = "UPDATE handstamp_users SET password_hash = $2, password_number = password_number + 1, \
                               throttle_epoch = throttle_epoch + 1 \
                               WHERE name = $1 AND password_number = $3 AND disabled_at IS NULL";
const REPLACE_HASH: &str =
    "UPDATE handstamp_users SET password_hash = $3 WHERE name = $1 AND password_hash = $2";
const SET_DISABLED_AT: &str = "UPDATE handstamp_users SET disabled_at = $2, throttle_epoch = throttle_epoch + 1 \
                               WHERE name = $1";

#[cfg(test)]
mod tests;
