//! The API: log-in, who is logged in, posts, refresh, log-out.
//!
//! A page on another host cannot read the CSRF cookie, so it gets the CSRF value in the bodies of
//! log-in, refresh and `GET /session`.

use std::error::Error;
use std::time::Duration;

use axum::extract::State;
use axum::http::header::{CONTENT_TYPE, HeaderName, HeaderValue, RETRY_AFTER};
use axum::http::{Method, StatusCode};
use axum::response::IntoResponse;
use axum::routing::{get, post};
use axum::{Json, Router};
use handstamp_axum::{Access, Auth, ClientInfo, LogOut, Refresh, Require, SessionInfo};
use serde::Deserialize;
use serde_json::{Value, json};
use tower_http::cors::{AllowOrigin, CorsLayer};

pub(crate) fn router(auth: Auth, page_origin: &str) -> Result<Router, Box<dyn Error>> {
    // A page that was just loaded has no CSRF value while its access token is expired. That the
    // request is from it is proven by its origin, which is among the trusted ones.
    let by_origin = auth.require(Require::refresh().without_csrf_token());
    // With credentials a browser wants exact origins and headers, no `*`. Without `Retry-After`
    // among the exposed headers a page reads none.
    let cors = CorsLayer::new()
        .allow_origin(AllowOrigin::list([page_origin.parse::<HeaderValue>()?]))
        .allow_credentials(true)
        .allow_methods([Method::GET, Method::POST])
        .allow_headers([CONTENT_TYPE, HeaderName::from_static("x-csrf-token")])
        .expose_headers([RETRY_AFTER])
        .max_age(Duration::from_secs(60 * 60));
    Ok(Router::new()
        .route("/login", post(login).layer(auth.same_origin()))
        .route("/session", get(session))
        .route("/posts", post(create_post))
        .route("/refresh", post(refresh).layer(by_origin))
        .route("/logout", post(logout))
        .layer(auth.no_store())
        // Outermost: refusals need its headers too, and a preflight has no cookies to be judged by.
        .layer(cors)
        .with_state(auth))
}

#[derive(Deserialize)]
struct LoginRequest {
    username: String,
    password: String,
}

const USERS: [(&str, &str); 2] = [("user1", "password1"), ("user2", "password2")];

async fn login(
    State(auth): State<Auth>,
    client: ClientInfo,
    Json(form): Json<LoginRequest>,
) -> Result<impl IntoResponse, handstamp_axum::Error> {
    if !USERS.contains(&(&form.username, &form.password)) {
        return Err(auth.invalid_credentials());
    }
    let tokens = auth.log_in(&form.username, client).await?;
    let body = json!({
        "subject": form.username,
        "csrf": tokens.csrf(),
        "expires_in": tokens.access().expires_in().as_secs(),
    });
    Ok((auth.set_cookies(&tokens)?, Json(body)))
}

/// Who is logged in, for a page that was just loaded.
async fn session(session: SessionInfo) -> Json<SessionInfo> {
    Json(session)
}

async fn refresh(
    State(auth): State<Auth>,
    token: Refresh,
) -> Result<impl IntoResponse, handstamp_axum::Error> {
    let subject = token.subject().to_owned();
    let tokens = auth.refresh(token).await?;
    let body = json!({
        "subject": subject,
        "csrf": tokens.csrf(),
        "expires_in": tokens.access().expires_in().as_secs(),
    });
    Ok((auth.set_cookies(&tokens)?, Json(body)))
}

#[derive(Deserialize)]
struct Post {
    title: String,
}

/// CSRF protection is automatic: the origin, and the value.
async fn create_post(token: Access, Json(post): Json<Post>) -> Json<Value> {
    Json(json!({"title": post.title, "user": token.subject()}))
}

async fn logout(
    State(auth): State<Auth>,
    log_out: LogOut,
) -> Result<impl IntoResponse, handstamp_axum::Error> {
    Ok((auth.log_out(log_out).await?, StatusCode::NO_CONTENT))
}
