//! The route by which a user changes the own password.
//!
//! The current one is verified as at a log-in, and counts against the same limits. All sessions of
//! the user end, and a new one begins: who knew the former password, or has copied a token, is out.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use handstamp_axum::{Access, Auth, ClientInfo, Error};
use serde::Deserialize;
use serde_json::json;

use super::client_address::ClientAddress;
use super::device_cookie::DeviceCookie;
use super::json_body::JsonBody;
use super::log_in::{NewSession, of_client, refuse};
use super::state::AppState;
use crate::accounts::log_in::{Credentials, LogIn, LogInError, Verified};
use crate::accounts::password::{NewPassword, Password};
use crate::audit::{AuditLog, AuditedRequest, By, Event, Record, in_same_request};

/// The body of a change of the password.
#[derive(Deserialize)]
pub(super) struct Form {
    current: Password,
    new: NewPassword,
    /// Whether the user stays logged in when the browser is closed.
    remember: Option<bool>,
}

pub(super) async fn change_password(
    State(state): State<AppState>,
    token: Access,
    ClientAddress(address): ClientAddress,
    client: ClientInfo,
    device: DeviceCookie,
    JsonBody(form): JsonBody<Form>,
) -> Result<Response, Error> {
    let AppState {
        auth,
        log_in,
        audit,
        ..
    } = state;
    let name = token.subject();
    match log_in.is_demo_user(name).await {
        Ok(false) => {}
        Ok(true) => return Err(auth.refuse(403, "demo_user", DEMO_USER)),
        Err(error) => return Err(refuse(&auth, error.into())),
    }
    if form.new.is(&form.current) {
        return Err(auth.refuse(422, "password_not_new", NOT_NEW));
    }
    let credentials = Credentials {
        username: name.to_owned(),
        password: form.current,
    };
    let verified = log_in.verify(credentials, address, &device.devices).await;
    let verified = match verified {
        Ok(verified) => verified,
        Err(error) => return Err(of_client(address).in_scope(|| refuse_change(&auth, error))),
    };
    let unfinished = auth.clone();
    let change = Change {
        auth,
        log_in,
        audit,
        name: name.to_owned(),
        has_session: token.session_id().is_some(),
        new: form.new,
        client: client.ip(address),
        remember: form.remember == Some(true),
        device,
    };
    // A client that goes away meanwhile must not leave the sessions of the former password.
    let change = in_same_request(AuditedRequest::current(), change.carry_out(verified));
    let done = tokio::spawn(change).await;
    done.unwrap_or_else(|error| {
        tracing::error!(%error, "a change of a password was not finished");
        Err(unknown(&unfinished))
    })
}

/// A change of a password, by a user who has given the current one.
struct Change {
    auth: Auth,
    log_in: LogIn,
    audit: AuditLog,
    name: String,
    /// Whether the tokens of this server are those of sessions.
    has_session: bool,
    new: NewPassword,
    client: ClientInfo,
    remember: bool,
    device: DeviceCookie,
}

impl Change {
    /// Changes the password before it ends the sessions: a concurrent log-in then either has its
    /// session ended here, or finds the change when it is confirmed.
    async fn carry_out(self, verified: Verified) -> Result<Response, Error> {
        let Self {
            auth,
            log_in,
            audit,
            name,
            ..
        } = self;
        let user = name.as_str();
        let changed = log_in.change_password(verified, self.new).await;
        match &changed {
            Ok(_) => audit.record(changed_password(user)),
            Err(LogInError::Database(_)) => {
                audit.record(changed_password(user).because("outcome_unknown"));
            }
            Err(_) => {}
        }
        let revoked = match &changed {
            // What the database was told may be done all the same.
            Ok(_) | Err(LogInError::Database(_)) => auth.revoke_all_sessions(user).await,
            Err(_) => Ok(0),
        };
        let verified = match changed {
            Ok(verified) => verified,
            Err(LogInError::Database(error)) => {
                tracing::error!(%error, user, "it is not known whether the password was changed");
                return Err(unknown(&auth));
            }
            Err(error) => return Err(refuse_change(&auth, error)),
        };
        if let Err(error) = revoked {
            tracing::error!(%error, user, "the password was changed, and the sessions go on");
            return Err(auth.refuse(503, "sessions_not_ended", SESSIONS_GO_ON));
        }
        if !self.has_session {
            // For as long as clocks may differ, new ones would count as issued before.
            let body = Json(json!({"message": LOG_IN_LATER}));
            return Ok((auth.unset_cookies(), body).into_response());
        }
        let new = NewSession {
            message: "The password was changed, and all other devices are logged out",
            verified,
            client: self.client,
            remember: self.remember,
            device: self.device,
        };
        match new.begin(&auth, &log_in, &audit).await {
            Ok(response) if response.status().is_success() => Ok(response),
            other => {
                let status = other.map(|response| response.status());
                tracing::error!(
                    ?status,
                    user,
                    "no session begins after a change of the password"
                );
                Err(auth.refuse(503, "log_in_again", LOG_IN_AGAIN))
            }
        }
    }
}

fn changed_password(user: &str) -> Record {
    let record = Record::new(Event::PasswordChanged, By::User).of_user(user);
    match AuditedRequest::current() {
        Some(request) => record.by_client(request.client()),
        None => record,
    }
}

/// Not 401 for a wrong password, which would say that no one is logged in.
fn refuse_change(auth: &Auth, error: LogInError) -> Error {
    match error {
        LogInError::InvalidCredentials => auth.refuse(403, "wrong_password", WRONG_PASSWORD),
        error => refuse(auth, error),
    }
}

fn unknown(auth: &Auth) -> Error {
    auth.refuse(503, "outcome_unknown", UNKNOWN)
}

const DEMO_USER: &str = "The passwords of the demo users are public and stay as they are. Add a user of your own with \
                         `handstamp user add NAME`";
const NOT_NEW: &str =
    "The new password is the same as the one given as the current one. Nothing was changed";
const WRONG_PASSWORD: &str =
    "The current password is wrong, or was changed meanwhile. Nothing was changed";
const UNKNOWN: &str = "The database did not answer in time: the password may have been changed, and your sessions ended. \
                       Log in with the new password, or else with the former one";
const SESSIONS_GO_ON: &str = "The password was changed, but the session store does not answer, and your sessions go on. \
                              Log out all others when it is back";
const LOG_IN_AGAIN: &str =
    "The password was changed and all sessions have ended. Log in with the new password";
const LOG_IN_LATER: &str = "The password was changed and all sessions have ended. Log in with the new password in half a minute";
