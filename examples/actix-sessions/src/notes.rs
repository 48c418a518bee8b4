//! The notes of a user: an API in JSON.
//!
//! Each handler takes the user of the access token. It is read from its cookie, and the CSRF value
//! was compared by then, if the method changes anything.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{self, Json};
use handstamp_actix::Current;
use serde::{Deserialize, Serialize};
use sqlx::SqlitePool;

use crate::app::App;
use crate::error::Error;
use crate::users::User;

#[derive(Serialize)]
pub struct Note {
    id: i64,
    text: String,
}

#[derive(Deserialize)]
pub struct NewNote {
    text: String,
}

pub async fn list(app: web::Data<App>, user: Current<User, App>) -> Result<Json<Vec<Note>>, Error> {
    Ok(Json(app.notes.of(user.id).await?))
}

pub async fn add(
    app: web::Data<App>,
    user: Current<User, App>,
    new: Json<NewNote>,
) -> Result<(Json<Note>, StatusCode), Error> {
    let note = app.notes.add(user.id, new.into_inner().text).await?;
    let note = note.ok_or(Error::TooManyNotes)?;
    Ok((Json(note), StatusCode::CREATED))
}

pub async fn remove(
    app: web::Data<App>,
    user: Current<User, App>,
    id: web::Path<i64>,
) -> Result<HttpResponse, Error> {
    if app.notes.remove(user.id, *id).await? {
        Ok(HttpResponse::NoContent().finish())
    } else {
        Err(Error::NotFound)
    }
}

/// The table. Each statement names the user, so that no id of another user's note is of use.
#[derive(Clone)]
pub struct Notes(SqlitePool);

impl Notes {
    pub fn new(pool: SqlitePool) -> Self {
        Self(pool)
    }

    async fn of(&self, user: i64) -> sqlx::Result<Vec<Note>> {
        let query = "SELECT id, text FROM notes WHERE user_id = ? ORDER BY id DESC LIMIT 100";
        let query = sqlx::query_as(query).bind(user);
        let rows: Vec<(i64, String)> = query.fetch_all(&self.0).await?;
        Ok(rows
            .into_iter()
            .map(|(id, text)| Note { id, text })
            .collect())
    }

    /// Returns `None` if the user has as many as is possible.
    async fn add(&self, user: i64, text: String) -> sqlx::Result<Option<Note>> {
        // One statement, so that no two requests at the same time exceed it.
        let query = "INSERT INTO notes (user_id, text) SELECT ?1, ?2 \
                     WHERE (SELECT count(*) FROM notes WHERE user_id = ?1) < ?3 RETURNING id";
        let query = sqlx::query_scalar(query).bind(user).bind(&text);
        let id = query.bind(NOTES_PER_USER).fetch_optional(&self.0).await?;
        Ok(id.map(|id| Note { id, text }))
    }

    /// Returns `false` if the user has no such note.
    async fn remove(&self, user: i64, id: i64) -> sqlx::Result<bool> {
        let query = sqlx::query("DELETE FROM notes WHERE user_id = ? AND id = ?");
        let done = query.bind(user).bind(id).execute(&self.0).await?;
        Ok(done.rows_affected() == 1)
    }
}

/// With bodies of 16 KiB at most, a user has 16 MB of the disk.
pub const NOTES_PER_USER: i64 = 1000;
