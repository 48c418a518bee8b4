//! What the routes of posts do.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use handstamp_axum::{Access, AccessJson, Error, Fresh};

use crate::app::App;
use crate::json::JsonBody;
use crate::posts::{NewPost, Post, Untouched};

/// The latest posts
///
/// For everybody. Who is logged in sees which posts are theirs.
#[utoipa::path(
    get,
    path = "/posts",
    tag = "posts",
    responses((status = 200, description = "The latest first", body = Vec<Post>))
)]
pub(crate) async fn list_posts(State(app): State<App>, reader: Option<Access>) -> Json<Vec<Post>> {
    let reader = reader.as_ref().map(|reader| reader.subject());
    Json(app.posts.for_reader(reader))
}

/// Create a post
#[utoipa::path(
    post,
    path = "/posts",
    tag = "posts",
    request_body = NewPost,
    responses((status = 201, description = "The post", body = Post))
)]
pub(crate) async fn create_post(
    State(app): State<App>,
    author: Access,
    JsonBody(post): JsonBody<NewPost>,
) -> (StatusCode, Json<Post>) {
    let post = app.posts.create(author.subject(), post);
    (StatusCode::CREATED, Json(post))
}

/// Change a post of yours
#[utoipa::path(
    put,
    path = "/posts/{id}",
    tag = "posts",
    params(("id" = u64, Path, description = "The number of the post")),
    request_body = NewPost,
    responses((status = 200, description = "The post", body = Post))
)]
pub(crate) async fn change_post(
    State(app): State<App>,
    Path(id): Path<String>,
    AccessJson { token, json }: AccessJson<NewPost>,
) -> Result<Json<Post>, Error> {
    let post = app.posts.change(&id, token.subject(), json);
    Ok(Json(post.map_err(|reason| refusal(&app, reason))?))
}

/// Delete a post of yours
///
/// The password must have been given just now: a token that was refreshed is not enough.
#[utoipa::path(
    delete,
    path = "/posts/{id}",
    tag = "posts",
    params(("id" = u64, Path, description = "The number of the post")),
    responses((status = 204, description = "It is deleted"))
)]
pub(crate) async fn delete_post(
    State(app): State<App>,
    author: Fresh,
    Path(id): Path<String>,
) -> Result<StatusCode, Error> {
    let deleted = app.posts.delete(&id, Some(author.subject()));
    deleted.map_err(|reason| refusal(&app, reason))?;
    Ok(StatusCode::NO_CONTENT)
}

/// Delete a post of anybody
#[utoipa::path(
    delete,
    path = "/moderation/posts/{id}",
    tag = "posts",
    params(("id" = u64, Path, description = "The number of the post")),
    responses((status = 204, description = "It is deleted"))
)]
pub(crate) async fn moderate_post(
    State(app): State<App>,
    Path(id): Path<String>,
) -> Result<StatusCode, Error> {
    let deleted = app.posts.delete(&id, None);
    deleted.map_err(|reason| refusal(&app, reason))?;
    Ok(StatusCode::NO_CONTENT)
}

fn refusal(app: &App, reason: Untouched) -> Error {
    let (status, code, message) = reason.refusal();
    app.auth.refuse(status, code, message)
}
