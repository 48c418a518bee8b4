//! Change of the own password, which ends all sessions but a new one.

use actix_web::web;
use handstamp_actix::{ClientInfo, Current};
use serde::Deserialize;

use crate::app::App;
use crate::client_address::ClientAddress;
use crate::error::Error;
use crate::log_in::{LoggedIn, begin_session, verify};
use crate::passwords::{NewPassword, Password};
use crate::users::User;

#[derive(Deserialize)]
pub struct Form {
    current: Password,
    new: NewPassword,
}

pub async fn change_password(
    app: web::Data<App>,
    user: Current<User, App>,
    ClientAddress(address): ClientAddress,
    client: ClientInfo,
    form: web::Json<Form>,
) -> Result<LoggedIn, Error> {
    let Form { current, new } = form.into_inner();
    let verified = verify(&app, address, &user.name, current).await;
    let user = verified?.ok_or(Error::WrongPassword)?;
    let hash = app.passwords.hash(new).await?;
    let change = change(app.get_ref().clone(), user, hash, client.ip(address));
    // As a task of its own, it is finished also if the client goes away: the sessions of the former
    // password must not outlive it.
    actix_web::rt::spawn(change)
        .await
        .map_err(Error::internal)?
}

async fn change(app: App, user: User, hash: String, client: ClientInfo) -> Result<LoggedIn, Error> {
    // First the password, then the sessions: a log-in with the former one at this moment either has
    // its session ended here, or sees the change when it reads the user again.
    let changed = app.users.set_password(&user, &hash).await?;
    let user = changed.ok_or(Error::WrongPassword)?;
    // All of them, with the one that asked for it: its tokens may have been copied.
    app.auth.revoke_all_sessions(user.id.to_string()).await?;
    begin_session(&app, &user, client).await
}
