//! "Session vs persistent cookies": the configured lifetime, and "remember me" chosen at each
//! log-in.
//!
//! `JWT_SECRET_KEY=$(openssl rand -hex 32) cargo run -p session-or-persistent`. With
//! `JWT_COOKIE_MAX_AGE=2592000` or `JWT_SESSION_COOKIE=false` cookies are persistent unless a
//! log-in says otherwise. Settings: `PORT` (8000), `JWT_*`, `HANDSTAMP_*`.
//!
//! It shows the cookies alone, so a log-in lasts for the 15 minutes of its access token. The
//! example `complete` refreshes, and `sessions` keeps the choice at each refresh.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use handstamp_axum::{Access, Auth, Config, Error, NewToken, days};
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
    let config = Config::builder()
        .cookie_secure(false)
        .cookie_suffix(suffix)
        .env()
        .build()?;
    let auth = Auth::new(config)?;
    let app = Router::new()
        .route("/login", post(login))
        .route("/protected", get(protected))
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
    /// Absent: as configured.
    remember_me: Option<bool>,
}

const USERS: [(&str, &str); 2] = [("user1", "password1"), ("user2", "password2")];

async fn login(
    State(auth): State<Auth>,
    Json(form): Json<LoginRequest>,
) -> Result<Response, Error> {
    if !USERS.contains(&(&form.username, &form.password)) {
        let body = Json(json!({"detail": "Invalid credentials"}));
        return Ok((StatusCode::UNAUTHORIZED, body).into_response());
    }
    let mut refresh = NewToken::for_subject(&form.username);
    if form.remember_me == Some(true) {
        refresh = refresh.expires_in(days(30)); // a cookie that outlives its token remembers nobody
    }
    let access = auth.set_access_cookies(&auth.create_access_token(&form.username)?)?;
    let refresh = auth.set_refresh_cookies(&auth.create_refresh_token(refresh)?)?;
    let cookies = match form.remember_me {
        None => (access, refresh),
        // Persistent cookies survive a restart of the browser
        Some(true) => (access.persistent(days(30)), refresh.persistent(days(30))),
        // Session cookies are deleted when the browser closes
        Some(false) => (access.session(), refresh.session()),
    };
    let body = Json(json!({"message": "Login successful", "username": form.username}));
    Ok((cookies, body).into_response())
}

async fn protected(token: Access) -> Json<Value> {
    Json(json!({"message": "Access granted", "username": token.subject()}))
}
