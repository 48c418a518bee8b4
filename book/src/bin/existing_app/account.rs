//! What users do with their own account: change the password, log out everywhere.

use axum::extract::State;
use axum::response::IntoResponse;
use axum::routing::post;
use axum::{Json, Router};
use handstamp_axum::{Access, ClientInfo, Current, TokenPair};
use serde::Deserialize;
use serde_json::json;

use crate::app::App;
use crate::error::{AnyError, ApiError};
use crate::log_in::{begin_session, for_the_page};
use crate::passwords;
use crate::users::User;

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/password", post(change_password))
        .route("/log-out-everywhere", post(log_out_everywhere))
}

#[derive(Deserialize)]
struct ChangePassword {
    current: String,
    new: String,
}

async fn change_password(
    State(app): State<App>,
    Current(user): Current<User>,
    client: ClientInfo,
    Json(form): Json<ChangePassword>,
) -> Result<impl IntoResponse, ApiError> {
    let hash = Some(user.password_hash.clone());
    if !passwords::is_right(form.current, hash).await? {
        return Err(ApiError::WrongPassword);
    }
    let new_hash = passwords::hash(form.new).await?;
    // In a task of its own: a browser that goes away must not leave the work half done.
    let change = tokio::spawn(replace_password(app.clone(), user, new_hash, client));
    let tokens = change.await.map_err(AnyError::from)??;
    Ok((app.auth.set_cookies(&tokens)?, Json(for_the_page(&tokens))))
}

/// Before the change, so that nothing is changed if the sessions cannot be ended; and after it: a
/// log-in at the same time is either among them, or sees the new password when it looks again.
async fn replace_password(
    app: App,
    user: User,
    new_hash: String,
    client: ClientInfo,
) -> Result<TokenPair, ApiError> {
    app.auth.revoke_all_sessions(user.subject()).await?;
    let Some(user) = app.users.set_password(&user, &new_hash).await? else {
        return Err(ApiError::WrongPassword); // changed by another request meanwhile
    };
    app.auth.revoke_all_sessions(user.subject()).await?;
    begin_session(&app, &user, client).await
}

/// Logs out this device and all others.
async fn log_out_everywhere(
    State(app): State<App>,
    token: Access,
) -> Result<impl IntoResponse, ApiError> {
    let ended = app.auth.revoke_all_sessions(&token).await?;
    Ok((app.auth.unset_cookies(), Json(json!({"ended": ended}))))
}
