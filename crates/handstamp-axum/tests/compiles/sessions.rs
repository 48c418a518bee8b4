//! Sessions, as an application has them: log-in with "remember me", refresh, log-out, a page of
//! devices, a new password.

#![deny(unused_must_use, warnings)]

use std::collections::HashMap;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{delete, get, post};
use axum::{Form, Router};
use handstamp_axum::handstamp::store::{MemoryStore, SessionId};
use handstamp_axum::{
    Access, Auth, ClientInfo, Config, Error, Fresh, LogOut, NewToken, Refresh, Session, days,
    handstamp, minutes,
};

type Fields = Form<HashMap<String, String>>;

async fn login(
    State(auth): State<Auth>,
    client: ClientInfo,
    Form(form): Fields,
) -> Result<impl IntoResponse, ApiError> {
    let name = check_password(&form)?;
    let client = if form.contains_key("remember") {
        client.persistent(days(30))
    } else {
        client
    };
    let user = NewToken::for_subject(name).scopes(["posts:write"]);
    let tokens = auth.log_in(user, client.label("web")).await?;
    Ok((auth.set_cookies(&tokens)?, "welcome"))
}

async fn refresh(State(auth): State<Auth>, token: Refresh) -> Result<impl IntoResponse, Error> {
    let tokens = auth.refresh(token).await?;
    Ok((auth.set_cookies(&tokens)?, ()))
}

async fn logout(State(auth): State<Auth>, log_out: LogOut) -> Result<impl IntoResponse, Error> {
    Ok((auth.log_out(log_out).await?, "bye"))
}

async fn devices(State(auth): State<Auth>, token: Access) -> Result<Html<String>, Error> {
    let sessions = auth.sessions(&token).await?;
    let row = |session: &handstamp::session::Session| {
        let name = session.label().unwrap_or("a device");
        let mark = if session.is_current() { "this" } else { "" };
        format!("<li>{name} {} {mark}", session.last_active().as_secs())
    };
    Ok(Html(sessions.iter().map(row).collect()))
}

async fn end_device(
    State(auth): State<Auth>,
    token: Access,
    Path(id): Path<String>,
) -> Result<StatusCode, Error> {
    let id = SessionId::from(id.as_str());
    Ok(if auth.revoke_session(&token, &id).await? {
        StatusCode::NO_CONTENT
    } else {
        StatusCode::NOT_FOUND
    })
}

async fn end_other_devices(State(auth): State<Auth>, token: Access) -> Result<String, Error> {
    let ended = auth.revoke_other_sessions(&token).await?;
    Ok(format!("{ended} ended"))
}

async fn new_password(
    State(auth): State<Auth>,
    token: Fresh,
    client: ClientInfo,
    Form(form): Fields,
) -> Result<impl IntoResponse, ApiError> {
    check_password(&form)?;
    auth.revoke_all_sessions(&token).await?;
    let tokens = auth.log_in(&token, client).await?;
    Ok((auth.set_cookies(&tokens)?, ()))
}

async fn this_device(session: Session) -> String {
    session.user_agent().unwrap_or("a device").to_owned()
}

/// An application's own error has one arm for all that the library says.
enum ApiError {
    WrongPassword,
    Auth(Error),
}

impl<E: Into<Error>> From<E> for ApiError {
    fn from(error: E) -> Self {
        Self::Auth(error.into())
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        match self {
            Self::WrongPassword => StatusCode::FORBIDDEN.into_response(),
            Self::Auth(error) => error.into_response(),
        }
    }
}

fn check_password(form: &HashMap<String, String>) -> Result<&str, ApiError> {
    match (form.get("name"), form.get("password")) {
        (Some(name), Some(_)) => Ok(name),
        _ => Err(ApiError::WrongPassword),
    }
}

#[test]
fn its_router_is_built() {
    let config = Config::builder()
        .secret_key([7; 32].as_slice())
        .access_token_expires(minutes(15))
        .build()
        .unwrap();
    let auth = handstamp::Auth::builder(config)
        .store(MemoryStore::new())
        .build()
        .unwrap();
    let _: Router = Router::new()
        .route("/login", post(login))
        .route("/refresh", post(refresh))
        .route("/logout", post(logout))
        .route("/devices", get(devices))
        .route("/devices/others", delete(end_other_devices))
        .route("/devices/{id}", delete(end_device))
        .route("/password", post(new_password))
        .route("/this", get(this_device))
        .with_state(Auth::from(auth));
}
