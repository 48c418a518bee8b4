//! The application that is attacked.

use std::error::Error;

use axum::extract::State;
use axum::response::{Html, IntoResponse};
use axum::routing::{get, post};
use axum::{Form, Json, Router, middleware};
use handstamp_axum::{Access, Auth, AuthError, ClientInfo, LogOut, Refresh, Rejection, Require};
use serde::Deserialize;
use serde_json::{Value, json};
use tower_http::cors::CorsLayer;

use crate::services::Service;
use crate::witness;

pub(crate) fn router(service: &Service, port: u16) -> Result<Router, Box<dyn Error>> {
    let auth = service.auth(port)?;
    let without_csrf = auth.require(Require::access().without_csrf());
    let mut app = Router::new()
        // Where the attacks on `/posts` succeed: without it, their failure could be the test's own.
        .route("/unguarded", post(who_am_i))
        .route_layer(without_csrf)
        .route("/", get(|| async { Html("<title>app</title>") }))
        .route("/login", post(log_in))
        // At the end of a path, so that cookies can be planted at each step of it.
        .route("/api/v1/users/me", get(who_am_i))
        .route("/posts", post(who_am_i))
        .route("/refresh", post(refresh))
        .route("/logout", post(log_out))
        .with_state(auth);
    if service.open_to_all {
        app = app.layer(CorsLayer::very_permissive());
    }
    Ok(app.layer(middleware::from_fn(witness::tell)))
}

/// Names are believed: what is tested comes after the password.
#[derive(Deserialize)]
struct LogInForm {
    user: String,
}

/// The CSRF value is in the body as well, for pages of another origin, which cannot read the cookie.
async fn log_in(
    State(auth): State<Auth>,
    client: ClientInfo,
    Form(form): Form<LogInForm>,
) -> Result<impl IntoResponse, AuthError> {
    let tokens = auth.log_in(&form.user, client).await?;
    let body = Json(json!({"user": form.user, "csrf": tokens.access().csrf()}));
    Ok((auth.set_cookies(&tokens)?, body))
}

async fn who_am_i(token: Access) -> Json<Value> {
    Json(json!({"user": token.subject()}))
}

async fn refresh(State(auth): State<Auth>, token: Refresh) -> Result<impl IntoResponse, AuthError> {
    let tokens = auth.refresh(token).await?;
    Ok((auth.set_cookies(&tokens)?, "refreshed"))
}

async fn log_out(
    State(auth): State<Auth>,
    log_out: LogOut,
) -> Result<impl IntoResponse, Rejection> {
    Ok((auth.log_out(log_out).await?, "bye"))
}
