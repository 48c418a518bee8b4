//! Sign-up: a new user, who is logged in at once.

use axum::extract::State;
use axum::response::Response;
use handstamp_axum::ClientInfo;
use serde::Deserialize;

use crate::app::App;
use crate::client_address::ClientAddress;
use crate::error::Error;
use crate::json::JsonBody;
use crate::log_in::begin_session;
use crate::passwords::NewPassword;
use crate::users::UserName;

#[derive(Deserialize)]
pub struct Form {
    username: UserName,
    password: NewPassword,
}

pub async fn sign_up(
    State(app): State<App>,
    ClientAddress(address): ClientAddress,
    client: ClientInfo,
    JsonBody(form): JsonBody<Form>,
) -> Result<Response, Error> {
    let counted = app.attempts.count_address(address);
    counted.map_err(|wait| app.auth.rate_limited(wait))?;
    let hash = app.passwords.hash(form.password).await?;
    // That a name is taken is no secret here. Where it must be, sign up by e-mail address, and say
    // the rest in a message to it.
    let user = app.users.add(&form.username, &hash).await?;
    let user = user.ok_or(Error::NameTaken)?;
    begin_session(&app, &user, client.ip(address)).await
}
