//! Sign-up and log-in.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::routing::post;
use axum::{Json, Router};
use handstamp_axum::{Auth, ClientInfo, NewToken, TokenPair};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::app::App;
use crate::error::ApiError;
use crate::passwords;
use crate::users::User;

pub(crate) fn routes(auth: &Auth) -> Router<App> {
    Router::new()
        .route("/sign-up", post(sign_up))
        .route("/login", post(log_in))
        // No token is asked for here, so the origin is: no other site may log a visitor in.
        .layer(auth.same_origin())
}

#[derive(Deserialize)]
struct SignUp {
    username: String,
    email: String,
    password: String,
}

async fn sign_up(
    State(app): State<App>,
    Json(form): Json<SignUp>,
) -> Result<impl IntoResponse, ApiError> {
    let hash = passwords::hash(form.password).await?;
    let added = app
        .users
        .add(&form.username, &form.email, &hash, "user")
        .await?;
    let Some(user) = added else {
        return Err(ApiError::NameTaken);
    };
    Ok((StatusCode::CREATED, Json(json!({"id": user.id}))))
}

#[derive(Deserialize)]
struct LogIn {
    username: String,
    password: String,
}

async fn log_in(
    State(app): State<App>,
    client: ClientInfo,
    Json(form): Json<LogIn>,
) -> Result<impl IntoResponse, ApiError> {
    let user = app.users.by_name(&form.username).await?;
    let hash = user.as_ref().map(|user| user.password_hash.clone());
    let is_right = passwords::is_right(form.password, hash).await?;
    let Some(user) = user.filter(|user| is_right && !user.disabled) else {
        return Err(app.auth.invalid_credentials().into());
    };
    let tokens = begin_session(&app, &user, client).await?;
    Ok((app.auth.set_cookies(&tokens)?, Json(for_the_page(&tokens))))
}

/// Begins a session for a user who has just proven who it is.
pub(crate) async fn begin_session(
    app: &App,
    user: &User,
    client: ClientInfo,
) -> Result<TokenPair, ApiError> {
    let token = NewToken::for_subject(user.id).scopes(user.scopes());
    let tokens = app.auth.log_in(token, client).await?;
    // The password may have been changed while it was checked. Its change has ended all sessions,
    // but came before this one. Others are left alone: one may be of the new password.
    let now = app.users.by_subject(&user.subject()).await?;
    if now.as_ref() != Some(user) {
        if let Some(session) = tokens.session_id() {
            app.auth.revoke_session(user.subject(), session).await?;
        }
        return Err(app.auth.invalid_credentials().into());
    }
    Ok(tokens)
}

/// What a page needs to know that cannot read the cookies, because it is on another host. Both
/// tokens of a session have the same CSRF value.
pub(crate) fn for_the_page(tokens: &TokenPair) -> Value {
    json!({
        "csrf": tokens.csrf(),
        "expires_in": tokens.access().expires_in().as_secs(),
    })
}
