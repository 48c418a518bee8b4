//! "Dual token location strategy": the access token in the response body and the `Authorization`
//! header, the refresh token in a cookie.
//!
//! `JWT_SECRET_KEY=$(openssl rand -hex 32) cargo run -p dual-location`. Settings: `PORT` (8000),
//! `JWT_*`, `HANDSTAMP_*`.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use handstamp_axum::{Access, Auth, Config, Error, Location, Refresh, Require};
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
    let auth = Auth::new(
        Config::builder()
            // Accept tokens from both locations
            .token_locations([Location::Headers, Location::Cookies])
            .cookie_secure(false) // for http://localhost only
            .cookie_suffix(suffix)
            .env()
            .build()?,
    )?;
    // Access token from the Authorization header only, refresh token from the cookie only.
    let from_header = auth.require(Require::access().from([Location::Headers]));
    let from_cookie = auth.require(Require::refresh().from([Location::Cookies]));
    let app = Router::new()
        .route("/login", post(login))
        // No browser sends a header unasked, so a POST with one needs no CSRF token
        .route(
            "/protected",
            get(protected).post(protected).route_layer(from_header),
        )
        .route("/refresh", post(refresh).route_layer(from_cookie))
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

const USERS: [(&str, &str); 2] = [("user1", "password1"), ("user2", "password2")];

/// Login: return the access token in the body, set the refresh token in a cookie.
async fn login(
    State(auth): State<Auth>,
    Json(form): Json<LoginRequest>,
) -> Result<Response, Error> {
    if !USERS.contains(&(&form.username, &form.password)) {
        let body = Json(json!({"detail": "Invalid credentials"}));
        return Ok((StatusCode::UNAUTHORIZED, body).into_response());
    }
    // Access token in the response body (the client keeps it in memory)
    let access = auth.create_access_token(&form.username)?;
    // Refresh token in an HTTP-only cookie
    let refresh = auth.create_refresh_token(&form.username)?;
    let body = json!({
        "access_token": access.as_str(),
        "token_type": "bearer",
        "expires_in": access.expires_in().as_secs(),
        // For a client that cannot read the CSRF cookie of the refresh token
        "refresh_csrf": refresh.csrf(),
    });
    Ok((auth.set_refresh_cookies(&refresh)?, Json(body)).into_response())
}

/// Protected route: access token from the Authorization header.
async fn protected(token: Access) -> Json<Value> {
    Json(json!({"message": "Access granted", "user": token.subject()}))
}

/// Refresh: refresh token from the cookie, new access token in the body.
async fn refresh(State(auth): State<Auth>, token: Refresh) -> Result<Json<Value>, Error> {
    let access = auth.create_access_token(&token)?;
    Ok(Json(json!({
        "access_token": access.as_str(),
        "token_type": "bearer",
        "expires_in": access.expires_in().as_secs(),
        "refresh_csrf": token.csrf(),
    })))
}
