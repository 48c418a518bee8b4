//! The routes of AuthX's complete example, and what the page needs to call them.

use axum::extract::{Request, State};
use axum::routing::{get, post};
use axum::{Json, Router};
use handstamp_axum::handstamp::purpose;
use handstamp_axum::{Access, Route};
use serde::Deserialize;
use serde_json::{Value, json};

use super::demo::is_demo;
use super::json_body::JsonBody;
use super::log_in;
use super::password::change_password;
use super::state::AppState;

pub(super) fn routes(state: AppState) -> Router {
    // That of the binary says more.
    let ready = handstamp_axum::routes(&state.auth).without(Route::Names);
    Router::new()
        .route(
            "/login",
            post(log_in::log_in).layer(state.auth.same_origin()),
        )
        .route("/protected", get(protected))
        .route("/posts", post(create_post))
        .route("/password", post(change_password))
        .route("/names", get(names))
        .merge(ready)
        .with_state(state)
}

async fn protected(token: Access) -> Json<Value> {
    Json(json!({"message": "Access granted", "username": token.subject()}))
}

#[derive(Deserialize)]
struct Post {
    title: String,
}

async fn create_post(token: Access, JsonBody(post): JsonBody<Post>) -> Json<Value> {
    Json(json!({"message": "Post created", "title": post.title, "user": token.subject()}))
}

/// Returns the names of cookies and headers, which are settings, and whether this is a demo.
async fn names(State(state): State<AppState>, request: Request) -> Json<Value> {
    let (mut parts, _) = request.into_parts();
    let is_demo = is_demo(&state, &mut parts).await;
    let auth = &state.auth;
    Json(json!({
        "access": auth.config().names::<purpose::Access>(),
        "refresh": auth.config().names::<purpose::Refresh>(),
        "demo": is_demo,
        "has_usual_checks": state.has_usual_checks,
    }))
}
