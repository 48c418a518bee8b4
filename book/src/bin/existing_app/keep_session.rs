//! A change of the password that ends the other sessions and leaves that of this browser.

use axum::extract::State;
use axum::routing::post;
use axum::{Json, Router};
use handstamp_axum::{Access, Current};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::app::App;
use crate::error::{AnyError, ApiError};
use crate::passwords;
use crate::users::User;

pub(crate) fn routes() -> Router<App> {
    Router::new().route("/password-of-this-session", post(change_password))
}

#[derive(Deserialize)]
struct ChangePassword {
    current: String,
    new: String,
}

async fn change_password(
    State(app): State<App>,
    Current(user): Current<User>,
    token: Access,
    Json(form): Json<ChangePassword>,
) -> Result<Json<Value>, ApiError> {
    let hash = Some(user.password_hash.clone());
    if !passwords::is_right(form.current, hash).await? {
        return Err(ApiError::WrongPassword);
    }
    let new_hash = passwords::hash(form.new).await?;
    let change = tokio::spawn(async move {
        // Before the change as well: if they cannot be ended, nothing is changed.
        let ended: usize = app.auth.revoke_other_sessions(&token).await?;
        let changed = app.users.set_password(&user, &new_hash).await?;
        changed.ok_or(ApiError::WrongPassword)?; // changed by another request meanwhile
        let begun_meanwhile = app.auth.revoke_other_sessions(&token).await?;
        Ok::<_, ApiError>(ended + begun_meanwhile)
    });
    let ended = change.await.map_err(AnyError::from)??;
    // This browser keeps its cookies and its CSRF value, so none are set.
    Ok(Json(json!({"ended": ended})))
}
