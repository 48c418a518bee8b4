//! What administrators do: change a role, lock a user out.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::{post, put};
use axum::{Json, Router};
use handstamp_axum::NewToken;
use serde::Deserialize;

use crate::app::App;
use crate::error::{AnyError, ApiError};
use crate::roles::Admin;

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/admin/users/{id}/role", put(set_role))
        .route("/admin/users/{id}/disable", post(disable))
}

#[derive(Deserialize)]
struct NewRole {
    role: String,
}

/// The new role holds for `Admin` at once, and for scopes in tokens from the next refresh on.
async fn set_role(
    State(app): State<App>,
    Admin(admin): Admin,
    Path(id): Path<i64>,
    Json(form): Json<NewRole>,
) -> Result<StatusCode, ApiError> {
    let user = app.users.set_role(id, &form.role).await?;
    let user = user.ok_or(ApiError::NotFound)?;
    let scopes = user.scopes();
    let change = |token: NewToken| token.scopes(scopes.iter().copied());
    app.auth.change_all_sessions(user.subject(), change).await?;
    tracing::info!(
        by = admin.id,
        user = user.id,
        role = user.role,
        "role changed"
    );
    Ok(StatusCode::NO_CONTENT)
}

/// The user is out at once, on every device, and cannot log in.
async fn disable(
    State(app): State<App>,
    Admin(admin): Admin,
    Path(id): Path<i64>,
) -> Result<StatusCode, ApiError> {
    // In a task of its own: a browser that goes away must not leave the work half done.
    let disabling = tokio::spawn(async move {
        let user = app.users.disable(id).await?;
        let user = user.ok_or(ApiError::NotFound)?;
        app.auth.revoke_all_sessions(user.subject()).await?;
        tracing::info!(by = admin.id, user = user.id, "user disabled");
        Ok::<_, ApiError>(StatusCode::NO_CONTENT)
    });
    disabling.await.map_err(AnyError::from)?
}
