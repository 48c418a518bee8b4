//! The routes of AuthX's complete example, and what the page needs to call them.

use axum::extract::{Request, State};
use axum::response::IntoResponse;
use axum::routing::{get, post};
use axum::{Json, Router};
use handstamp_axum::handstamp::purpose;
use handstamp_axum::{Access, Auth, Error, LogOut, Refresh, SessionInfo};
use serde::Deserialize;
use serde_json::{Value, json};

use super::demo::is_demo;
use super::json_body::JsonBody;
use super::password::change_password;
use super::state::AppState;
use super::{log_in, sessions};

pub(super) fn routes(state: AppState) -> Router {
    Router::new()
        .route(
            "/login",
            post(log_in::log_in).layer(state.auth.same_origin()),
        )
        .route("/logout", post(log_out))
        .route("/protected", get(protected))
        .route("/posts", post(create_post))
        .route("/refresh", post(refresh))
        .route("/password", post(change_password))
        .route("/session", get(session))
        .route("/names", get(names))
        .merge(sessions::routes())
        .with_state(state)
}

/// Ends the session on every node, and deletes the cookies.
async fn log_out(State(auth): State<Auth>, log_out: LogOut) -> Result<impl IntoResponse, Error> {
    let ends_nothing = log_out.ends_nothing();
    let cookies = auth.log_out(log_out).await?;
    let message = if !ends_nothing {
        "Successfully logged out"
    } else if cookies.lines().next().is_some() {
        "The cookies were deleted; the request had no session to end"
    } else {
        "Nothing was done: the cookies are those of another service, or of this one before its settings were changed"
    };
    Ok((cookies, Json(json!({"message": message}))))
}

/// Returns who is logged in, and the CSRF value, which a page on another host cannot read of the
/// cookie.
async fn session(session: SessionInfo) -> Json<SessionInfo> {
    Json(session)
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

/// Exchanges the refresh token for its successor.
async fn refresh(State(auth): State<Auth>, token: Refresh) -> Result<impl IntoResponse, Error> {
    let tokens = auth.refresh(token).await?;
    let body = json!({
        "message": "Token refreshed",
        "csrf": tokens.csrf(),
        "refresh_csrf": tokens.refresh().csrf(),
        "expires_in": tokens.access().expires_in().as_secs(),
    });
    Ok((auth.set_cookies(&tokens)?, Json(body)))
}

/// Returns the names of cookies and headers, which are settings, and whether this is a demo.
async fn names(State(state): State<AppState>, request: Request) -> Json<Value> {
    let (mut parts, _) = request.into_parts();
    let is_demo = is_demo(&state, &mut parts).await;
    let auth = &state.auth;
    let access = auth.config().names::<purpose::Access>();
    let refresh = auth.config().names::<purpose::Refresh>();
    Json(json!({
        "access": {"cookie": access.cookie, "csrf_cookie": access.csrf_cookie, "csrf_header": access.csrf_header},
        "refresh": {"cookie": refresh.cookie, "csrf_cookie": refresh.csrf_cookie, "csrf_header": refresh.csrf_header},
        "demo": is_demo,
        "has_usual_checks": state.has_usual_checks,
    }))
}
