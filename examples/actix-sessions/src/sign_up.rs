//! Sign-up: a new user, who is logged in at once.

use actix_web::web;
use handstamp_actix::ClientInfo;
use serde::Deserialize;

use crate::app::App;
use crate::client_address::ClientAddress;
use crate::error::Error;
use crate::log_in::{LoggedIn, begin_session};
use crate::passwords::NewPassword;
use crate::users::UserName;

#[derive(Deserialize)]
pub struct Form {
    username: UserName,
    password: NewPassword,
}

pub async fn sign_up(
    app: web::Data<App>,
    ClientAddress(address): ClientAddress,
    client: ClientInfo,
    form: web::Json<Form>,
) -> Result<LoggedIn, Error> {
    let counted = app.attempts.count_address(address);
    counted.map_err(|wait| app.auth.rate_limited(wait))?;
    let form = form.into_inner();
    let hash = app.passwords.hash(form.password).await?;
    // That a name is taken is no secret here. Where it must be, sign up by e-mail address, and say
    // the rest in a message to it.
    let user = app.users.add(&form.username, &hash).await?;
    let user = user.ok_or(Error::NameTaken)?;
    begin_session(&app, &user, client.ip(address)).await
}
