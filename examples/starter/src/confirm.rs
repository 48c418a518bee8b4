//! Step-up: the user gives the password again, before what a stolen session must not do.

use axum::extract::State;
use axum::response::IntoResponse;
use handstamp_axum::{Access, Current};
use serde::Deserialize;

use crate::app::App;
use crate::client_address::ClientAddress;
use crate::error::Error;
use crate::json::JsonBody;
use crate::log_in::verify;
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
    ClientAddress(address): ClientAddress,
    JsonBody(form): JsonBody<Form>,
) -> Result<impl IntoResponse, Error> {
    let verified = verify(&app, address, &user.name, form.password).await;
    verified?.ok_or(Error::WrongPassword)?;
    let fresh = app.auth.reauthenticate(&token).await?;
    Ok((app.auth.set_access_cookies(&fresh)?, "confirmed"))
}
