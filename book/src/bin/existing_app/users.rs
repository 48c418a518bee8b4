//! The application's own users.

use sqlx::SqlitePool;

/// A row of the table of users.
#[derive(Clone, PartialEq, Eq, sqlx::FromRow)]
pub(crate) struct User {
    pub(crate) id: i64,
    pub(crate) name: String,
    pub(crate) email: String,
    pub(crate) password_hash: String,
    pub(crate) role: String,
    pub(crate) disabled: bool,
}

impl User {
    /// What tokens call this user: the id, which never changes and is never given to another user.
    pub(crate) fn subject(&self) -> String {
        self.id.to_string()
    }
}

/// The table of users. Cloning it is cheap.
#[derive(Clone)]
pub(crate) struct Users(pub(crate) SqlitePool);

impl Users {
    /// Takes the pool of the application, and creates the table if it is not there yet.
    pub(crate) async fn in_pool(pool: SqlitePool) -> Result<Self, sqlx::Error> {
        sqlx::query(
            "CREATE TABLE IF NOT EXISTS users (
                id INTEGER PRIMARY KEY AUTOINCREMENT,
                name TEXT NOT NULL UNIQUE,
                email TEXT NOT NULL UNIQUE,
                password_hash TEXT NOT NULL,
                role TEXT NOT NULL,
                disabled BOOLEAN NOT NULL DEFAULT FALSE
            )",
        )
        .execute(&pool)
        .await?;
        Ok(Self(pool))
    }

    pub(crate) async fn by_name(&self, name: &str) -> Result<Option<User>, sqlx::Error> {
        sqlx::query_as("SELECT * FROM users WHERE name = ?")
            .bind(name)
            .fetch_optional(&self.0)
            .await
    }

    /// Finds the user of a token.
    pub(crate) async fn by_subject(&self, subject: &str) -> Result<Option<User>, sqlx::Error> {
        let Ok(id) = subject.parse::<i64>() else {
            return Ok(None);
        };
        sqlx::query_as("SELECT * FROM users WHERE id = ?")
            .bind(id)
            .fetch_optional(&self.0)
            .await
    }

    pub(crate) async fn all(&self) -> Result<Vec<User>, sqlx::Error> {
        sqlx::query_as("SELECT * FROM users ORDER BY id")
            .fetch_all(&self.0)
            .await
    }

    /// Adds a user. Returns `None` if the name or the address is taken.
    pub(crate) async fn add(
        &self,
        name: &str,
        email: &str,
        password_hash: &str,
        role: &str,
    ) -> Result<Option<User>, sqlx::Error> {
        sqlx::query_as(
            "INSERT INTO users (name, email, password_hash, role) VALUES (?, ?, ?, ?)
            ON CONFLICT DO NOTHING RETURNING *",
        )
        .bind(name)
        .bind(email)
        .bind(password_hash)
        .bind(role)
        .fetch_optional(&self.0)
        .await
    }

    /// Replaces the password, if it is still the one that was read. Returns the user as it is now.
    pub(crate) async fn set_password(
        &self,
        user: &User,
        new_hash: &str,
    ) -> Result<Option<User>, sqlx::Error> {
        sqlx::query_as(
            "UPDATE users SET password_hash = ? WHERE id = ? AND password_hash = ? RETURNING *",
        )
        .bind(new_hash)
        .bind(user.id)
        .bind(&user.password_hash)
        .fetch_optional(&self.0)
        .await
    }

    pub(crate) async fn set_role(&self, id: i64, role: &str) -> Result<Option<User>, sqlx::Error> {
        sqlx::query_as("UPDATE users SET role = ? WHERE id = ? RETURNING *")
            .bind(role)
            .bind(id)
            .fetch_optional(&self.0)
            .await
    }

    /// Makes a user an administrator, by the name. Returns `None` if there is no such user.
    pub(crate) async fn grant_admin(&self, name: &str) -> Result<Option<User>, sqlx::Error> {
        sqlx::query_as("UPDATE users SET role = 'admin' WHERE name = ? RETURNING *")
            .bind(name)
            .fetch_optional(&self.0)
            .await
    }

    pub(crate) async fn disable(&self, id: i64) -> Result<Option<User>, sqlx::Error> {
        sqlx::query_as("UPDATE users SET disabled = TRUE WHERE id = ? RETURNING *")
            .bind(id)
            .fetch_optional(&self.0)
            .await
    }

    pub(crate) async fn remove(&self, user: &User) -> Result<(), sqlx::Error> {
        sqlx::query("DELETE FROM users WHERE id = ?")
            .bind(user.id)
            .execute(&self.0)
            .await?;
        Ok(())
    }
}
