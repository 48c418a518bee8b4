//! Step-up: the user gives the password again, before what a stolen session must not do.

use actix_web::{Responder, web};
use handstamp_actix::{Access, Current};
use serde::Deserialize;

use crate::app::App;
use crate::error::Error;
use crate::passwords::Password;
use crate::users::User;

#[derive(Deserialize)]
pub struct Form {
    password: Password,
}

/// The session goes on, with a fresh access token.
pub async fn confirm(
    app: web::Data<App>,
    token: Access,
    user: Current<User, App>,
    form: web::Json<Form>,
) -> Result<impl Responder, Error> {
    verify(&app, &user, form.into_inner().password).await?;
    let fresh = app.auth.reauthenticate(&token).await?;
    Ok(app.auth.set_access_cookies(&fresh)?.on("confirmed"))
}

/// Compares the password that a user who is logged in gives again.
pub async fn verify(app: &App, user: &User, password: Password) -> Result<(), Error> {
    let counted = app.attempts.count_user(user.id);
    counted.map_err(|wait| app.auth.rate_limited(wait))?;
    let is_right = app.passwords.matches(password, Some(&user.password_hash));
    is_right.await?.then_some(()).ok_or(Error::WrongPassword)
}
