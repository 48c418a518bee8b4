//! What asks for the password once more, and the route that takes it.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::routing::{delete, post};
use axum::{Json, Router};
use handstamp_axum::{Access, Auth, Current, Require, minutes};
use serde::Deserialize;
use serde_json::json;

use crate::app::App;
use crate::error::{AnyError, ApiError};
use crate::passwords;
use crate::users::User;

pub(crate) fn routes(auth: &Auth) -> Router<App> {
    let recent_password = auth.require(Require::access().fresh_within(minutes(5)));
    Router::new()
        .route("/account", delete(delete_account).layer(recent_password))
        .route("/reauthenticate", post(reauthenticate))
}

/// Whose password was given more than five minutes ago does not get here.
async fn delete_account(
    State(app): State<App>,
    Current(user): Current<User>,
) -> Result<impl IntoResponse, ApiError> {
    // In a task of its own: a browser that goes away must not leave the work half done.
    let removal = tokio::spawn(async move {
        app.auth.revoke_all_sessions(user.subject()).await?;
        app.users.remove(&user).await?;
        // Once more, for a log-in at the same time.
        app.auth.revoke_all_sessions(user.subject()).await?;
        Ok::<_, ApiError>(app.auth.unset_cookies())
    });
    let cookies = removal.await.map_err(AnyError::from)??;
    Ok((cookies, StatusCode::NO_CONTENT))
}

#[derive(Deserialize)]
struct PasswordAgain {
    password: String,
}

async fn reauthenticate(
    State(app): State<App>,
    token: Access,
    Current(user): Current<User>,
    Json(form): Json<PasswordAgain>,
) -> Result<impl IntoResponse, ApiError> {
    if !passwords::is_right(form.password, Some(user.password_hash)).await? {
        return Err(ApiError::WrongPassword);
    }
    let fresh = app.auth.reauthenticate(&token).await?;
    let body = json!({"expires_in": fresh.expires_in().as_secs()});
    Ok((app.auth.set_access_cookies(&fresh)?, Json(body)))
}
