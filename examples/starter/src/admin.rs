//! What administrators do.

use axum::extract::{FromRequestParts, State};
use axum::http::request::Parts;
use axum::routing::{get, put};
use axum::{Json, Router};
use handstamp_axum::{Auth, Current, NewToken, Require, minutes};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::app::App;
use crate::error::Error;
use crate::id::Id;
use crate::json::JsonBody;
use crate::roles::Role;
use crate::users::User;

/// The token must have the scope, and its user must have given the password in the last minutes:
/// a page that is refused with `fresh_token_required` asks for it, and sends it to `/confirm`.
pub fn routes(auth: &Auth) -> Router<App> {
    let require = Require::scope("admin").fresh_within(minutes(10));
    Router::new()
        .route("/admin/users", get(list))
        .route("/admin/users/{id}/role", put(set_role))
        .route_layer(auth.require(require))
}

async fn list(_: Admin, State(app): State<App>) -> Result<Json<Value>, Error> {
    let users = app.users.all().await?;
    let shown = users
        .iter()
        .map(|user| json!({"id": user.id, "name": user.name, "role": user.role}));
    Ok(Json(shown.collect()))
}

#[derive(Deserialize)]
struct NewRole {
    role: Role,
}

async fn set_role(
    Admin(admin): Admin,
    State(app): State<App>,
    Id(id): Id,
    JsonBody(NewRole { role }): JsonBody<NewRole>,
) -> Result<Json<Value>, Error> {
    // First the database, then the sessions: a log-in at this moment sees the one or the other.
    let user = app.users.set_role(id, role).await?.ok_or(Error::NotFound)?;
    tracing::info!(by = admin.id, user = id, %role, "a role was changed");
    // No device has to log in again. A refresh that has just read the former role is overruled.
    let change = |token: NewToken| token.scopes(role.scopes());
    app.auth.change_all_sessions(id.to_string(), change).await?;
    Ok(Json(
        json!({"id": user.id, "name": user.name, "role": user.role}),
    ))
}

/// A user who is an administrator now. The scope in the token may be as old as the token, some
/// minutes; for these routes a role that was taken away is gone with the next request.
struct Admin(User);

impl FromRequestParts<App> for Admin {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Error> {
        let Current(user) = Current::<User>::from_request_parts(parts, app)
            .await
            .map_err(handstamp_axum::Error::from)?;
        match user.role {
            Role::Admin => Ok(Self(user)),
            Role::Member => Err(Error::NotAllowed),
        }
    }
}
