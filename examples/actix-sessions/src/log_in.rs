//! Log-in.

use std::net::IpAddr;

use actix_web::web;
use handstamp_actix::{ClientInfo, NewToken, TokenPair, WithCookies};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::app::App;
use crate::client_address::ClientAddress;
use crate::error::Error;
use crate::passwords::Password;
use crate::users::{User, UserName};

#[derive(Deserialize)]
pub struct Form {
    username: String,
    password: Password,
}

pub async fn log_in(
    app: web::Data<App>,
    ClientAddress(address): ClientAddress,
    client: ClientInfo,
    form: web::Json<Form>,
) -> Result<LoggedIn, Error> {
    let Form { username, password } = form.into_inner();
    let user = verify(&app, address, username, password).await?;
    let user = user.ok_or(Error::WrongCredentials)?;
    begin_session(&app, &user, client.ip(address)).await
}

/// Returns the user of this name, or `None` if there is none, or the password is another one.
async fn verify(
    app: &App,
    address: IpAddr,
    name: String,
    password: Password,
) -> Result<Option<User>, Error> {
    let counted = app.attempts.count_address(address);
    counted.map_err(|wait| app.auth.rate_limited(wait))?;
    // What no user can be named is neither counted nor looked up.
    let user = match UserName::try_from(name) {
        Ok(name) => {
            let counted = app.attempts.count_name(&name);
            counted.map_err(|wait| app.auth.rate_limited(wait))?;
            app.users.by_name(&name.0).await?
        }
        Err(_) => None,
    };
    let hash = user.as_ref().map(|user| user.password_hash.as_str());
    let is_right = app.passwords.matches(password, hash).await?;
    Ok(user.filter(|_| is_right))
}

/// Begins a session for a user whose password was just checked.
pub async fn begin_session(app: &App, user: &User, client: ClientInfo) -> Result<LoggedIn, Error> {
    let subject = user.id.to_string();
    let token = NewToken::for_subject(&subject).scopes(user.role.scopes());
    let tokens = app.auth.log_in(token, client).await?;
    // Meanwhile the password may have been changed, or the role taken away: what that has ended did
    // not include this session, of which no cookie was sent yet. Other sessions are left alone: one
    // may have begun with the new password.
    if app.users.by_subject(&subject).await?.as_ref() != Some(user) {
        if let Some(session) = tokens.session_id() {
            app.auth.revoke_session(&subject, session).await?;
        }
        return Err(Error::WrongCredentials);
    }
    answer(app, &tokens)
}

/// The answer to a log-in: cookies and a body.
pub type LoggedIn = WithCookies<web::Json<Value>>;

/// Answers with the tokens in cookies, and with what handstamp's client for browsers reads.
pub fn answer(app: &App, tokens: &TokenPair) -> Result<LoggedIn, Error> {
    let body = json!({
        "csrf": tokens.csrf(),
        "refresh_csrf": tokens.refresh().csrf(),
        "expires_in": tokens.access().expires_in().as_secs(),
    });
    Ok(app.auth.set_cookies(tokens)?.on(web::Json(body)))
}
