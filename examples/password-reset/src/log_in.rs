//! The log-in by address and password.

use axum::Form;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use handstamp_axum::ClientInfo;
use serde::Deserialize;

use crate::app::App;
use crate::error::Error;
use crate::pages;

#[derive(Deserialize)]
pub(crate) struct Credentials {
    address: String,
    password: String,
}

pub(crate) async fn page() -> Response {
    pages::ok(pages::LOG_IN)
}

pub(crate) async fn log_in(
    State(app): State<App>,
    client: ClientInfo,
    Form(form): Form<Credentials>,
) -> Result<impl IntoResponse, Error> {
    let user = app.users.by_address(&form.address);
    let hash = user.as_ref().map(|user| user.hash.as_str());
    let is_right = app.passwords.matches(form.password, hash).await?;
    let (true, Some(user)) = (is_right, user) else {
        return Err(Error::WrongCredentials);
    };
    let tokens = app.auth.log_in(&user.id, client).await?;
    // A reset may have ended all sessions just before this one began.
    let present = app.users.by_id(&user.id);
    if present.is_none_or(|present| present.hash != user.hash) {
        if let Some(session) = tokens.session_id() {
            app.auth.revoke_session(&user.id, session).await?;
        }
        return Err(Error::WrongCredentials);
    }
    Ok((app.auth.set_cookies(&tokens)?, pages::ok(pages::WELCOME)))
}
