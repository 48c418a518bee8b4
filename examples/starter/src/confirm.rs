//! Step-up: the user gives the password again, before what a stolen session must not do.

use axum::extract::State;
use axum::response::IntoResponse;
use handstamp_axum::{Access, Current};
use serde::Deserialize;

use crate::app::App;
use crate::error::Error;
use crate::json::JsonBody;
use crate::passwords::Password;
use crate::users::User;

#[derive(Deserialize)]
pub struct Form {
    password: Password,
}

/// The session goes on, with a fresh access token.
pub async fn confirm(
    State(app): State<App>,
    token: Access,
    Current(user): Current<User>,
    JsonBody(form): JsonBody<Form>,
) -> Result<impl IntoResponse, Error> {
    verify(&app, &user, form.password).await?;
    let fresh = app.auth.reauthenticate(&token).await?;
    Ok((app.auth.set_access_cookies(&fresh)?, "confirmed"))
}

/// Compares the password that a user who is logged in gives again.
pub async fn verify(app: &App, user: &User, password: Password) -> Result<(), Error> {
    let counted = app.attempts.count_user(user.id);
    counted.map_err(|wait| app.auth.rate_limited(wait))?;
    let is_right = app.passwords.matches(password, Some(&user.password_hash));
    is_right.await?.then_some(()).ok_or(Error::WrongPassword)
}
