//! The complete example of AuthX's page on cookies, to be read next to the Python.
//!
//! Like that page it has no sessions: a log-out deletes the cookies, and a copied token is accepted
//! until it expires. A refresh that is under way at the log-out logs in again, for its answer sets
//! the cookies anew. With a store (`Auth::builder(config).store(..)`) a log-out ends the session on
//! every node, refresh tokens rotate, and a replayed one is detected: the example `sessions` shows
//! it.
//!
//! `JWT_SECRET_KEY=$(openssl rand -hex 32) cargo run -p complete`, then the calls of the README
//! (bodies differ a little). Settings: `PORT` (8000), and every `JWT_*` and `HANDSTAMP_*` variable.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use handstamp_axum::handstamp::config::Algorithm;
use handstamp_axum::{Access, Auth, Config, Error, Location, Refresh, days, minutes};
use serde::Deserialize;
use serde_json::{Value, json};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let port: u16 = std::env::var("PORT").map_or(Ok(8000), |port| port.parse())?;
    // Ports of one host share cookies, so at another port the names of ours end with it.
    let suffix = match port {
        0 | 8000 => String::new(),
        port => format!("_{port}"),
    };
    // Configure for cookie-based auth. The environment wins over what stands here.
    let auth = Auth::new(
        Config::builder()
            .algorithm(Algorithm::Hs256)
            .token_locations([Location::Cookies])
            .access_token_expires(minutes(15))
            .refresh_token_expires(days(30))
            .cookie_secure(false) // for http://localhost only
            .cookie_suffix(suffix)
            .env()
            .build()?,
    )?;
    let app = Router::new()
        .route("/login", post(login))
        .route("/logout", post(logout))
        .route("/protected", get(protected))
        .route("/posts", post(create_post))
        .route("/refresh", post(refresh))
        .layer(auth.no_store())
        .with_state(auth);

    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await?;
    println!("listening on http://{}", listener.local_addr()?);
    serve::serve(listener, app, std::future::pending()).await;
    Ok(())
}

#[derive(Deserialize)]
struct LoginRequest {
    username: String,
    password: String,
}

/// Name, password and mail address.
const USERS: [(&str, &str, &str); 2] = [
    ("user1", "password1", "user1@example.com"),
    ("user2", "password2", "user2@example.com"),
];

/// Login and set tokens in cookies.
async fn login(
    State(auth): State<Auth>,
    Json(form): Json<LoginRequest>,
) -> Result<Response, Error> {
    if !USERS
        .iter()
        .any(|(name, password, _)| *name == form.username && *password == form.password)
    {
        let body = Json(json!({"detail": "Invalid credentials"}));
        return Ok((StatusCode::UNAUTHORIZED, body).into_response());
    }
    // Create tokens
    let access = auth.create_access_token(&form.username)?;
    let refresh = auth.create_refresh_token(&form.username)?;

    // Set in HTTP-only cookies
    let body = Json(json!({"message": "Login successful", "username": form.username}));
    Ok((
        auth.set_access_cookies(&access)?,
        auth.set_refresh_cookies(&refresh)?,
        body,
    )
        .into_response())
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
    let user = USERS.iter().find(|(name, ..)| *name == token.subject());
    let email = user.map(|(_, _, email)| email);
    Json(json!({"message": "Access granted", "username": token.subject(), "email": email}))
}

/// Create post - CSRF protection automatic.
async fn create_post(token: Access) -> Json<Value> {
    Json(json!({"message": "Post created", "user": token.subject()}))
}

/// Refresh access token.
async fn refresh(State(auth): State<Auth>, token: Refresh) -> Result<impl IntoResponse, Error> {
    let access = auth.create_access_token(&token)?;
    Ok((
        auth.set_access_cookies(&access)?,
        Json(json!({"message": "Token refreshed"})),
    ))
}
