//! The route by which a user changes the own password.
//!
//! The current one is verified as at a log-in, and counts against the same limits. All sessions of
//! the user end, and a new one begins: who knew the former password, or has copied a token, is out.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use handstamp_axum::{Access, Auth, ClientInfo, Error};
use serde::Deserialize;
use serde_json::json;

use super::client_address::ClientAddress;
use super::device_cookie::DeviceCookie;
use super::json_body::JsonBody;
use super::log_in::{begin_session, refuse};
use crate::accounts::log_in::{Credentials, LogIn, LogInError};
use crate::accounts::password::{NewPassword, Password};

/// The body of a change of the password.
#[derive(Deserialize)]
pub(super) struct Change {
    current: Password,
    new: NewPassword,
    /// Whether the user stays logged in when the browser is closed.
    remember: Option<bool>,
}

pub(super) async fn change_password(
    State(auth): State<Auth>,
    State(log_in): State<LogIn>,
    token: Access,
    ClientAddress(address): ClientAddress,
    client: ClientInfo,
    device: DeviceCookie,
    JsonBody(change): JsonBody<Change>,
) -> Result<Response, Error> {
    let name = token.subject();
    match log_in.is_demo_user(name).await {
        Ok(false) => {}
        Ok(true) => return Ok(answer(StatusCode::FORBIDDEN, DEMO_USER)),
        Err(error) => return Ok(refuse(&auth, error.into())),
    }
    let credentials = Credentials {
        username: name.to_owned(),
        password: change.current,
    };
    let verified = log_in.verify(credentials, address, &device.devices).await;
    let verified = match verified {
        Ok(verified) => log_in.change_password(verified, change.new).await,
        Err(error) => Err(error),
    };
    let verified = match verified {
        Ok(verified) => verified,
        // Not 401, which would say that no one is logged in.
        Err(LogInError::InvalidCredentials) => {
            return Ok(answer(StatusCode::FORBIDDEN, WRONG_PASSWORD));
        }
        Err(error) => return Ok(refuse(&auth, error)),
    };
    // From here on the former password is none any more, which no failure may hide.
    if let Err(error) = auth.revoke_all_sessions(name).await {
        tracing::error!(%error, user = name, "the password was changed, and the sessions go on");
        return Ok(answer(StatusCode::SERVICE_UNAVAILABLE, SESSIONS_GO_ON));
    }
    let client = client.ip(address);
    let begun = begin_session(&auth, &log_in, verified, client, change.remember, device).await;
    Ok(begun.unwrap_or_else(|error| {
        tracing::error!(%error, user = name, "no session begins after a change of the password");
        answer(StatusCode::SERVICE_UNAVAILABLE, LOG_IN_AGAIN)
    }))
}

fn answer(status: StatusCode, message: &str) -> Response {
    (status, Json(json!({"message": message}))).into_response()
}

const DEMO_USER: &str = "The passwords of the demo users are public and stay as they are. Add a user of your own with \
                         `handstamp user add NAME`";
const WRONG_PASSWORD: &str =
    "The current password is wrong, or was changed meanwhile. Nothing was changed";
const SESSIONS_GO_ON: &str = "The password was changed, but the session store does not answer, and your sessions go on. \
                              Log out all others when it is back";
const LOG_IN_AGAIN: &str =
    "The password was changed and all sessions have ended. Log in with the new password";
