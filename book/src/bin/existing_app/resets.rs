//! The links that reset a password, next to the users: only their digests, each for one use.

use crate::users::{User, Users};

impl Users {
    pub(crate) async fn create_resets(&self) -> Result<(), sqlx::Error> {
        sqlx::query(
            "CREATE TABLE IF NOT EXISTS resets (
                digest TEXT PRIMARY KEY,
                user_id INTEGER NOT NULL,
                password_hash TEXT NOT NULL,
                ends_at INTEGER NOT NULL
            )",
        )
        .execute(&self.0)
        .await?;
        Ok(())
    }

    pub(crate) async fn by_email(&self, email: &str) -> Result<Option<User>, sqlx::Error> {
        sqlx::query_as("SELECT * FROM users WHERE email = ?")
            .bind(email)
            .fetch_optional(&self.0)
            .await
    }

    /// Keeps the digest of a link that resets this password: another password ends the link, and
    /// no other link does, so that strangers who ask for more of them stop nobody.
    pub(crate) async fn add_reset(
        &self,
        user: &User,
        digest: &str,
        now: i64,
        ends_at: i64,
    ) -> Result<(), sqlx::Error> {
        sqlx::query("DELETE FROM resets WHERE ends_at <= ?")
            .bind(now)
            .execute(&self.0)
            .await?;
        sqlx::query("INSERT INTO resets VALUES (?, ?, ?, ?)")
            .bind(digest)
            .bind(user.id)
            .bind(&user.password_hash)
            .bind(ends_at)
            .execute(&self.0)
            .await?;
        Ok(())
    }

    /// Returns the user of a link that is still good.
    pub(crate) async fn of_reset(
        &self,
        digest: &str,
        now: i64,
    ) -> Result<Option<User>, sqlx::Error> {
        sqlx::query_as(
            "SELECT users.* FROM users JOIN resets
                ON resets.user_id = users.id AND resets.password_hash = users.password_hash
                WHERE digest = ? AND ends_at > ? AND NOT disabled",
        )
        .bind(digest)
        .bind(now)
        .fetch_optional(&self.0)
        .await
    }
}
