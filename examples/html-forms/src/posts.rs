use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use handstamp_axum::{Access, AccessForm, Auth, Error, Rejection};
use serde::Deserialize;

use crate::app::{App, Post};
use crate::pages::{self, PostsPage};
use crate::refused::Refused;

#[derive(Deserialize)]
pub(crate) struct NewPost {
    title: String,
    /// A box for each, so there may be several, or none.
    #[serde(default)]
    tag: Vec<String>,
}

pub(crate) async fn page(
    State(app): State<App>,
    State(auth): State<Auth>,
    token: Result<Access, Rejection>,
) -> Result<Response, Refused> {
    let token = token?;
    Ok(show(StatusCode::OK, &app, &auth, &token, String::new(), ""))
}

/// Post, then redirect, then get: to reload the page sends nothing twice.
pub(crate) async fn create(
    State(app): State<App>,
    State(auth): State<Auth>,
    form: Result<AccessForm<NewPost>, Error>,
) -> Result<Response, Refused> {
    let AccessForm {
        token,
        form: post,
        files,
    } = form?;
    if post.title.trim().is_empty() {
        let problem = "A post needs a title.";
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        return Ok(show(status, &app, &auth, &token, post.title, problem));
    }
    // A field for which no file was chosen has no name.
    let file = files.iter().find(|file| !file.name.is_empty());
    app.add(Post {
        author: token.subject().to_owned(),
        title: post.title,
        tags: post.tag,
        file: file.map(|file| (file.name.clone(), file.content.len())),
    });
    Ok(Redirect::to("/posts").into_response())
}

fn show(
    status: StatusCode,
    app: &App,
    auth: &Auth,
    token: &Access,
    title: String,
    problem: &'static str,
) -> Response {
    let Ok(csrf) = auth.masked_csrf(token) else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let page = PostsPage {
        user: token.subject().to_owned(),
        csrf,
        posts: app.posts(),
        title,
        problem,
    };
    pages::with_status(status, &page)
}
