//! Two ways to ask for a role: in the token, or looked up.

use axum::extract::{FromRequestParts, State};
use axum::http::request::Parts;
use axum::routing::{get, post};
use axum::{Json, Router};
use handstamp_axum::{Access, Auth, Current, Require};
use serde_json::{Value, json};

use crate::app::App;
use crate::error::ApiError;
use crate::users::User;

pub(crate) fn routes(auth: &Auth) -> Router<App> {
    let writers = auth.require(Require::scope("posts:write"));
    Router::new()
        .route("/posts", post(write_post).layer(writers))
        .route("/me", get(me))
        .route("/admin/users", get(all_users))
}

impl User {
    /// What the tokens of this user may do. It stands in the token, so that no look-up is needed.
    pub(crate) fn scopes(&self) -> Vec<&'static str> {
        match self.role.as_str() {
            "admin" => vec!["posts:read", "posts:write", "users:*"],
            "editor" => vec!["posts:read", "posts:write"],
            _ => vec!["posts:read"],
        }
    }
}

/// Behind `Require::scope("posts:write")`: whose token lacks the scope does not get here.
async fn write_post(token: Access) -> Json<Value> {
    Json(json!({"written_by": token.subject()}))
}

/// Any user who is logged in.
async fn me(Current(user): Current<User>) -> Json<Value> {
    Json(json!({"name": user.name, "email": user.email, "role": user.role}))
}

/// A user who is an administrator at this moment, whatever the token says.
pub(crate) struct Admin(pub(crate) User);

impl FromRequestParts<App> for Admin {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let current = Current::<User>::from_request_parts(parts, app).await;
        let Current(user) = current.map_err(handstamp_axum::Error::from)?;
        if user.role != "admin" {
            return Err(ApiError::Forbidden);
        }
        Ok(Self(user))
    }
}

/// For administrators only: the argument `Admin` is the check.
async fn all_users(Admin(admin): Admin, State(app): State<App>) -> Result<Json<Value>, ApiError> {
    tracing::info!(by = admin.id, "all users were shown");
    let users = app.users.all().await?;
    let shown = users
        .iter()
        .map(|user| json!({"id": user.id, "name": user.name}));
    Ok(Json(shown.collect()))
}
