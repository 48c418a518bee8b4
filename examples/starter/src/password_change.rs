//! Change of the own password, which ends all sessions but a new one.

use axum::extract::State;
use axum::response::Response;
use handstamp_axum::{ClientInfo, Current};
use serde::Deserialize;

use crate::app::App;
use crate::client_address::ClientAddress;
use crate::error::Error;
use crate::json::JsonBody;
use crate::log_in::{begin_session, verify};
use crate::passwords::{NewPassword, Password};
use crate::users::User;

#[derive(Deserialize)]
pub struct Form {
    current: Password,
    new: NewPassword,
}

pub async fn change_password(
    State(app): State<App>,
    Current(user): Current<User>,
    ClientAddress(address): ClientAddress,
    client: ClientInfo,
    JsonBody(form): JsonBody<Form>,
) -> Result<Response, Error> {
    let verified = verify(&app, address, &user.name, form.current).await;
    let user = verified?.ok_or(Error::WrongPassword)?;
    let hash = app.passwords.hash(form.new).await?;
    let change = change(app, user, hash, client.ip(address));
    // As a task of its own, it is finished also if the client goes away: the sessions of the former
    // password must not outlive it.
    tokio::spawn(change).await.map_err(Error::internal)?
}

async fn change(app: App, user: User, hash: String, client: ClientInfo) -> Result<Response, Error> {
    // First the password, then the sessions: a log-in with the former one at this moment either has
    // its session ended here, or sees the change when it reads the user again.
    let changed = app.users.set_password(&user, &hash).await?;
    let user = changed.ok_or(Error::WrongPassword)?;
    // All of them, with the one that asked for it: its tokens may have been copied.
    app.auth.revoke_all_sessions(user.id.to_string()).await?;
    begin_session(&app, &user, client).await
}
