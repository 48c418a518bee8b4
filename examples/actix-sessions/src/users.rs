//! The table of users.

use serde::Deserialize;
use sqlx::sqlite::SqliteRow;
use sqlx::{FromRow, Row as _, SqlitePool};

use crate::roles::Role;

#[derive(Clone, PartialEq, Eq)]
pub struct User {
    pub id: i64,
    pub name: String,
    pub password_hash: String,
    pub role: Role,
}

/// A name that a user may have.
#[derive(Deserialize)]
#[serde(try_from = "String")]
pub struct UserName(pub String);

#[derive(Clone)]
pub struct Users(SqlitePool);

impl Users {
    pub fn new(pool: SqlitePool) -> Self {
        Self(pool)
    }

    pub async fn by_name(&self, name: &str) -> sqlx::Result<Option<User>> {
        let query = sqlx::query_as("SELECT * FROM users WHERE name = ?");
        query.bind(name).fetch_optional(&self.0).await
    }

    /// Returns the user of a token. Its subject is the id, which stays when a name changes.
    pub async fn by_subject(&self, subject: &str) -> sqlx::Result<Option<User>> {
        let query = sqlx::query_as("SELECT * FROM users WHERE id = ?");
        let id: Option<i64> = subject.parse().ok();
        query.bind(id).fetch_optional(&self.0).await
    }

    pub async fn all(&self) -> sqlx::Result<Vec<User>> {
        let query = sqlx::query_as("SELECT * FROM users ORDER BY name LIMIT 1000");
        query.fetch_all(&self.0).await
    }

    /// Returns `None` if the name is taken.
    pub async fn add(&self, name: &UserName, hash: &str) -> sqlx::Result<Option<User>> {
        let query = "INSERT INTO users (name, password_hash) VALUES (?, ?) \
                     ON CONFLICT DO NOTHING RETURNING *";
        let query = sqlx::query_as(query).bind(&name.0).bind(hash);
        query.fetch_optional(&self.0).await
    }

    /// Changes the password, unless another request has changed it since the user was read.
    pub async fn set_password(&self, user: &User, hash: &str) -> sqlx::Result<Option<User>> {
        let query = "UPDATE users SET password_hash = ? WHERE id = ? AND password_hash = ? \
                     RETURNING *";
        let query = sqlx::query_as(query).bind(hash).bind(user.id);
        query
            .bind(&user.password_hash)
            .fetch_optional(&self.0)
            .await
    }

    /// Returns `None` if there is no such user.
    pub async fn set_role(&self, id: i64, role: Role) -> sqlx::Result<Option<User>> {
        let query = "UPDATE users SET role = ? WHERE id = ? RETURNING *";
        let query = sqlx::query_as(query).bind(role.to_string()).bind(id);
        query.fetch_optional(&self.0).await
    }
}

impl FromRow<'_, SqliteRow> for User {
    fn from_row(row: &SqliteRow) -> sqlx::Result<Self> {
        let role: String = row.try_get("role")?;
        Ok(Self {
            id: row.try_get("id")?,
            name: row.try_get("name")?,
            password_hash: row.try_get("password_hash")?,
            role: role
                .parse()
                .map_err(|error: String| sqlx::Error::Decode(error.into()))?,
        })
    }
}

impl TryFrom<String> for UserName {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
        if (3..=40).contains(&text.len()) && text.bytes().all(allowed) {
            Ok(Self(text))
        } else {
            Err("a user name has 3 to 40 letters (a to z), digits, dots, underscores or hyphens")
        }
    }
}
