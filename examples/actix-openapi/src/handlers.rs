//! What the routes of posts do.

use actix_web::web::{Data, Json, Path};
use actix_web::{HttpResponse, delete, get, post, put};
use handstamp_actix::{Access, AccessJson, Auth, Error, Fresh, Optional};

use crate::posts::{NewPost, Post, Posts, Untouched};

/// The latest posts
///
/// For everybody. Who is logged in sees which posts are theirs.
#[utoipa::path(
    tag = "posts",
    responses((status = 200, description = "The latest first", body = Vec<Post>))
)]
#[get("/posts")]
pub(crate) async fn list_posts(
    posts: Data<Posts>,
    Optional(reader): Optional<Access>,
) -> Json<Vec<Post>> {
    let reader = reader.as_ref().map(|reader| reader.subject());
    Json(posts.for_reader(reader))
}

/// Create a post
#[utoipa::path(
    tag = "posts",
    request_body = NewPost,
    responses((status = 201, description = "The post", body = Post))
)]
#[post("")]
pub(crate) async fn create_post(
    posts: Data<Posts>,
    author: Access,
    post: Json<NewPost>,
) -> HttpResponse {
    let post = posts.create(author.subject(), post.into_inner());
    HttpResponse::Created().json(post)
}

/// Change a post of yours
#[utoipa::path(
    tag = "posts",
    params(("id" = u64, Path, description = "The number of the post")),
    request_body = NewPost,
    responses((status = 200, description = "The post", body = Post))
)]
#[put("/posts/{id}")]
pub(crate) async fn change_post(
    auth: Auth,
    posts: Data<Posts>,
    id: Path<String>,
    AccessJson { token, json }: AccessJson<NewPost>,
) -> Result<Json<Post>, Error> {
    let post = posts.change(&id, token.subject(), json);
    Ok(Json(post.map_err(|reason| refusal(&auth, reason))?))
}

/// Delete a post of yours
///
/// The password must have been given just now: a token that was refreshed is not enough.
#[utoipa::path(
    tag = "posts",
    params(("id" = u64, Path, description = "The number of the post")),
    responses((status = 204, description = "It is deleted"))
)]
#[delete("/posts/{id}")]
pub(crate) async fn delete_post(
    auth: Auth,
    posts: Data<Posts>,
    author: Fresh,
    id: Path<String>,
) -> Result<HttpResponse, Error> {
    let deleted = posts.delete(&id, Some(author.subject()));
    deleted.map_err(|reason| refusal(&auth, reason))?;
    Ok(HttpResponse::NoContent().finish())
}

/// Delete a post of anybody
#[utoipa::path(
    tag = "posts",
    params(("id" = u64, Path, description = "The number of the post")),
    responses((status = 204, description = "It is deleted"))
)]
#[delete("/posts/{id}")]
pub(crate) async fn moderate_post(
    auth: Auth,
    posts: Data<Posts>,
    id: Path<String>,
) -> Result<HttpResponse, Error> {
    let deleted = posts.delete(&id, None);
    deleted.map_err(|reason| refusal(&auth, reason))?;
    Ok(HttpResponse::NoContent().finish())
}

fn refusal(auth: &Auth, reason: Untouched) -> Error {
    let (status, code, message) = reason.refusal();
    auth.refuse(status, code, message)
}
