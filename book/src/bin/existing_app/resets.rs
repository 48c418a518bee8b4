//! The links that reset a password, next to the users: only their digests, each for one use.

use crate::users::{User, Users};

impl Users {
    pub(crate) async fn create_resets(&self) -> Result<(), sqlx::Error> {
        sqlx::query(
            "CREATE TABLE IF NOT EXISTS resets (
                digest TEXT PRIMARY KEY,
                user_id INTEGER NOT NULL,
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

    /// Keeps the digest of a link that resets the password. An earlier link stops working.
    pub(crate) async fn add_reset(
        &self,
        user: &User,
        digest: &str,
        ends_at: i64,
    ) -> Result<(), sqlx::Error> {
        let mut both = self.0.begin().await?;
        sqlx::query("DELETE FROM resets WHERE user_id = ?")
            .bind(user.id)
            .execute(&mut *both)
            .await?;
        sqlx::query("INSERT INTO resets (digest, user_id, ends_at) VALUES (?, ?, ?)")
            .bind(digest)
            .bind(user.id)
            .bind(ends_at)
            .execute(&mut *both)
            .await?;
        both.commit().await
    }

    /// Removes a link, and returns its user if it was still good.
    pub(crate) async fn take_reset(
        &self,
        digest: &str,
        now: i64,
    ) -> Result<Option<User>, sqlx::Error> {
        let taken: Option<(i64, i64)> =
            sqlx::query_as("DELETE FROM resets WHERE digest = ? RETURNING user_id, ends_at")
                .bind(digest)
                .fetch_optional(&self.0)
                .await?;
        match taken {
            Some((id, ends_at)) if now < ends_at => {
                let user = self.by_subject(&id.to_string()).await?;
                Ok(user.filter(|user| !user.disabled))
            }
            _ => Ok(None),
        }
    }
}
