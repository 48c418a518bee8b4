use axum::RequestPartsExt as _;
use axum::extract::{FromRequest as _, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use handstamp_axum::{Access, AccessForm, Auth, Rejection};
use serde::Deserialize;

use crate::app::{App, Post};
use crate::draft::Draft;
use crate::log_in;
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
    request: Request,
) -> Result<Response, Refused> {
    let (mut parts, body) = request.into_parts();
    // The head says whether the log-in has ended. The CSRF value is asked for later, of the form.
    let judged = parts.extract_with_state::<Access, _>(&app).await;
    let request = Request::from_parts(parts, body);
    if let Err(rejection) = judged
        && rejection.status() == StatusCode::UNAUTHORIZED
    {
        return match Draft::read(request).await {
            Some(draft) => Ok(log_in::offer_again(draft)),
            None => Err(rejection.into()),
        };
    }
    let AccessForm {
        token,
        form: post,
        files,
    } = AccessForm::<NewPost>::from_request(request, &app).await?;
    let problem = if post.title.trim().is_empty() {
        "A post needs a title."
    } else if post.title.chars().count() > MAX_TITLE || post.tag.len() > MAX_TAGS {
        "A title has at most 200 characters, and a post few tags."
    } else {
        ""
    };
    if !problem.is_empty() {
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
        tags: Vec::new(),
        problem,
    };
    pages::with_status(status, &page)
}

/// In characters.
const MAX_TITLE: usize = 200;
const MAX_TAGS: usize = 10;
