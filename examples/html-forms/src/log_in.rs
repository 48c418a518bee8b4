use axum::Form;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use handstamp_axum::{Auth, ClientInfo, Error, LogOutBody};
use serde::Deserialize;

use crate::app::App;
use crate::draft::Draft;
use crate::next::Next;
use crate::pages::{self, LogInPage, PostsPage};
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
    /// Of a post that was sent after the log-in had ended.
    #[serde(default)]
    title: String,
    /// With blanks between them.
    #[serde(default)]
    tags: String,
}

const USERS: [(&str, &str); 2] = [("user1", "password1"), ("user2", "password2")];

pub(crate) async fn page(Query(Asked { next }): Query<Asked>) -> Response {
    let page = LogInPage {
        next,
        name: String::new(),
        draft: Draft::default(),
        problem: "",
    };
    pages::with_status(StatusCode::OK, &page)
}

/// The log-in page with a post, which is offered again after the log-in.
pub(crate) fn offer_again(draft: Draft) -> Response {
    let page = LogInPage {
        next: Next::default(),
        name: String::new(),
        draft,
        problem: "Your log-in has ended. Log in again, and send the post then; a file has to be chosen again.",
    };
    pages::with_status(StatusCode::UNAUTHORIZED, &page)
}

/// A new session; its access token is all that the browser gets, for nothing here would send the
/// refresh token.
pub(crate) async fn log_in(
    State(app): State<App>,
    State(auth): State<Auth>,
    client: ClientInfo,
    Form(Credentials {
        name,
        password,
        next,
        title,
        tags,
    }): Form<Credentials>,
) -> Result<Response, Error> {
    let tag: Vec<String> = tags.split_whitespace().map(str::to_owned).collect();
    if !USERS.contains(&(name.as_str(), password.as_str())) {
        let problem = "The name or the password is wrong.";
        let page = LogInPage {
            next,
            name,
            draft: Draft { title, tag },
            problem,
        };
        return Ok(pages::with_status(StatusCode::FORBIDDEN, &page));
    }
    let tokens = auth.log_in(&name, client).await?;
    let cookies = auth.set_access_cookies(tokens.access())?;
    if !title.is_empty() {
        let page = PostsPage {
            user: name,
            csrf: tokens.access().csrf().unwrap_or_default().to_owned(),
            posts: app.posts(),
            title,
            tags: tag,
            problem: "You are logged in again. The post has not been sent yet.",
        };
        return Ok((cookies, pages::with_status(StatusCode::OK, &page)).into_response());
    }
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
