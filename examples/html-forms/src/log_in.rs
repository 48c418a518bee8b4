use axum::Form;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use handstamp_axum::{Auth, ClientInfo, Error, LogOutBody};
use serde::Deserialize;

use crate::next::Next;
use crate::pages::{self, LogInPage};
use crate::refused::Refused;

#[derive(Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    next: Next,
}

#[derive(Deserialize)]
pub(crate) struct Credentials {
    name: String,
    password: String,
    #[serde(default)]
    next: Next,
}

const USERS: [(&str, &str); 2] = [("user1", "password1"), ("user2", "password2")];

pub(crate) async fn page(Query(Asked { next }): Query<Asked>) -> Response {
    let page = LogInPage {
        next,
        name: String::new(),
        problem: "",
    };
    pages::with_status(StatusCode::OK, &page)
}

/// A new session; its access token is all that the browser gets, for nothing here would send the
/// refresh token.
pub(crate) async fn log_in(
    State(auth): State<Auth>,
    client: ClientInfo,
    Form(Credentials {
        name,
        password,
        next,
    }): Form<Credentials>,
) -> Result<Response, Error> {
    if !USERS.contains(&(name.as_str(), password.as_str())) {
        let problem = "The name or the password is wrong.";
        let page = LogInPage {
            next,
            name,
            problem,
        };
        return Ok(pages::with_status(StatusCode::FORBIDDEN, &page));
    }
    let tokens = auth.log_in(&name, client).await?;
    let cookies = auth.set_access_cookies(tokens.access())?;
    Ok((cookies, Redirect::to(&next.to_string())).into_response())
}

/// By a form, so its CSRF value is in a field. The form stands on the page of the posts.
pub(crate) async fn log_out(
    State(auth): State<Auth>,
    log_out: Result<LogOutBody, Error>,
) -> Result<Response, Refused> {
    let LogOutBody(log_out) = log_out?;
    let cookies = auth.log_out(log_out).await?;
    Ok((cookies, Redirect::to("/log-in")).into_response())
}
