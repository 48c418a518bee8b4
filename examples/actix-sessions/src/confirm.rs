//! Step-up: the user gives the password again, before what a stolen session must not do.

use actix_web::{Responder, web};
use handstamp_actix::{Access, Current};
use serde::Deserialize;

use crate::app::App;
use crate::client_address::ClientAddress;
use crate::error::Error;
use crate::log_in::verify;
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
    ClientAddress(address): ClientAddress,
    form: web::Json<Form>,
) -> Result<impl Responder, Error> {
    let verified = verify(&app, address, &user.name, form.into_inner().password).await;
    verified?.ok_or(Error::WrongPassword)?;
    let fresh = app.auth.reauthenticate(&token).await?;
    Ok(app.auth.set_access_cookies(&fresh)?.on("confirmed"))
}
