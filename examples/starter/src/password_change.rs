//! Change of the own password, which ends all sessions but a new one.

use std::time::Duration;

use axum::extract::State;
use axum::response::Response;
use handstamp_axum::{ClientInfo, Current};
use serde::Deserialize;

use crate::app::App;
use crate::client_address::ClientAddress;
use crate::confirm::verify;
use crate::error::Error;
use crate::json::JsonBody;
use crate::log_in::begin_session;
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
    verify(&app, &user, form.current).await?;
    let hash = app.passwords.hash(form.new).await?;
    let change = change(app, user, hash, client.ip(address));
    // As a task of its own, it is finished also if the client goes away: the sessions of the former
    // password must not outlive it.
    tokio::spawn(change).await.map_err(Error::internal)?
}

/// Ends the sessions before the change and after it.
pub async fn change(
    app: App,
    user: User,
    hash: String,
    client: ClientInfo,
) -> Result<Response, Error> {
    // Before: if they cannot be ended, nothing is changed, and the user can try again. All of them,
    // with the one that asked for it: its tokens may have been copied.
    app.auth.revoke_all_sessions(user.id.to_string()).await?;
    let changed = app.users.set_password(&user, &hash).await?;
    let user = changed.ok_or(Error::WrongPassword)?;
    // After: a log-in with the former password at this moment either has its session ended here, or
    // sees the change when it reads the user again.
    let ended = app.auth.revoke_all_sessions(user.id.to_string()).await;
    if ended.is_err() {
        tokio::spawn(end_sessions(app, user.id));
        return Err(Error::LogInAgain);
    }
    let begun = begin_session(&app, &user, client).await;
    // The password is changed, so no answer may say that the request can be tried again.
    begun.map_err(|error| match error {
        Error::Auth(_) => Error::LogInAgain,
        Error::Database(error) => {
            tracing::error!(%error, "no session could be begun after a change of the password");
            Error::LogInAgain
        }
        error => error,
    })
}

/// Ends what a log-in with the former password has begun at the very moment of the change, as soon
/// as the store of sessions answers again. Of later log-ins, one in the second before that is lost.
async fn end_sessions(app: App, id: i64) {
    tracing::error!(
        user = id,
        "a password was changed, but not all sessions have ended: trying again"
    );
    for _ in 0..TRIES {
        tokio::time::sleep(PAUSE).await;
        if app.auth.revoke_all_sessions(id.to_string()).await.is_ok() {
            tracing::info!(user = id, "all sessions have ended");
            return;
        }
    }
    tracing::error!(
        user = id,
        "sessions that began at the moment of the change go on: the user can end them in the list of devices"
    );
}

/// Together ten minutes.
const TRIES: u32 = 600;
const PAUSE: Duration = Duration::from_secs(1);
