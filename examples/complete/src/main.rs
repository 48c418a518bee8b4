//! The complete example of AuthX's page on cookies, to be read beside the Python.
//!
//! `JWT_SECRET_KEY=$(openssl rand -hex 32) cargo run -p complete`, then the curl lines of the README.
//! Settings: `PORT` (8000), and every `JWT_*` and `HANDSTAMP_*` variable.

use std::error::Error;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use handstamp_axum::core::jws::Algorithm;
use handstamp_axum::{Access, Auth, Config, IssueError, Location, Refresh, days, minutes};
use serde::Deserialize;
use serde_json::{Value, json};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    // Configure for cookie-based auth. The environment wins over what stands here.
    let auth = Auth::new(
        Config::builder()
            .algorithm(Algorithm::Hs256)
            .token_locations([Location::Cookies])
            .access_token_expires(minutes(15))
            .refresh_token_expires(days(30))
            .cookie_secure(false) // for http://localhost only
            .env()
            .build()?,
    );
    let app = Router::new()
        .route("/login", post(login))
        .route("/logout", post(logout))
        .route("/protected", get(protected))
        .route("/posts", post(create_post))
        .route("/refresh", post(refresh))
        .with_state(auth);

    let port = std::env::var("PORT")
        .unwrap_or_else(|_| "8000".into())
        .parse()?;
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await?;
    println!("listening on http://{}", listener.local_addr()?);
    axum::serve(listener, app).await?;
    Ok(())
}

#[derive(Deserialize)]
struct LoginRequest {
    username: String,
    password: String,
}

struct User {
    name: &'static str,
    password: &'static str,
    email: &'static str,
}

const USERS: [User; 2] = [
    User {
        name: "user1",
        password: "password1",
        email: "user1@example.com",
    },
    User {
        name: "user2",
        password: "password2",
        email: "user2@example.com",
    },
];

/// Login and set tokens in cookies.
async fn login(
    State(auth): State<Auth>,
    Json(form): Json<LoginRequest>,
) -> Result<impl IntoResponse, ApiError> {
    let known = |user: &&User| user.name == form.username && user.password == form.password;
    let user = USERS
        .iter()
        .find(known)
        .ok_or(ApiError::InvalidCredentials)?;
    // Create tokens
    let access = auth.create_access_token(user.name)?;
    let refresh = auth.create_refresh_token(user.name)?;
    // Set in HTTP-only cookies
    Ok((
        auth.set_access_cookies(&access)?,
        auth.set_refresh_cookies(&refresh)?,
        Json(json!({"message": "Login successful", "username": user.name})),
    ))
}

/// Logout and clear cookies.
async fn logout(State(auth): State<Auth>) -> impl IntoResponse {
    (
        auth.unset_cookies(),
        Json(json!({"message": "Successfully logged out"})),
    )
}

/// Protected route - token from cookie.
async fn protected(token: Access) -> Json<Value> {
    let email = USERS
        .iter()
        .find(|user| user.name == token.subject())
        .map(|user| user.email);
    Json(json!({"message": "Access granted", "username": token.subject(), "email": email}))
}

/// Create post - CSRF protection automatic.
async fn create_post(token: Access) -> Json<Value> {
    Json(json!({"message": "Post created", "user": token.subject()}))
}

/// Refresh access token.
async fn refresh(State(auth): State<Auth>, token: Refresh) -> Result<impl IntoResponse, ApiError> {
    let access = auth.create_access_token(&token)?;
    Ok((
        auth.set_access_cookies(&access)?,
        Json(json!({"message": "Token refreshed"})),
    ))
}

enum ApiError {
    InvalidCredentials,
    Issue(IssueError),
}

impl From<IssueError> for ApiError {
    fn from(error: IssueError) -> Self {
        Self::Issue(error)
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        match self {
            Self::InvalidCredentials => (
                StatusCode::UNAUTHORIZED,
                Json(json!({"detail": "Invalid credentials"})),
            )
                .into_response(),
            Self::Issue(error) => error.into_response(),
        }
    }
}
