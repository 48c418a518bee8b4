//! "Disabling CSRF for specific routes": one route for programs, which have no CSRF value to send.
//!
//! `JWT_SECRET_KEY=$(openssl rand -hex 32) cargo run -p webhook`. Settings: `PORT` (8000), `JWT_*`,
//! `HANDSTAMP_*`.

use axum::extract::State;
use axum::response::IntoResponse;
use axum::routing::post;
use axum::{Json, Router};
use handstamp_axum::{Access, Auth, Config, Error, Location, Require};
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
            .token_locations([Location::Cookies, Location::Headers])
            .cookie_secure(false) // for http://localhost only
            .cookie_suffix(suffix)
            .env()
            .build()?,
    )?;
    let without_csrf = auth.require(Require::access().without_csrf());
    let app = Router::new()
        .route("/login", post(login))
        .route("/posts", post(create_post))
        .route("/webhook", post(webhook).route_layer(without_csrf))
        .layer(auth.no_store())
        .with_state(auth);

    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await?;
    println!("listening on http://{}", listener.local_addr()?);
    serve::serve(listener, app, std::future::pending()).await;
    Ok(())
}

/// Logs user1 in, without asking: this example is about what comes after. The token is in the body
/// too, for programs.
async fn login(State(auth): State<Auth>) -> Result<impl IntoResponse, Error> {
    let access = auth.create_access_token("user1")?;
    let body = Json(json!({"access_token": access.as_str(), "token_type": "bearer"}));
    Ok((auth.set_access_cookies(&access)?, body))
}

/// CSRF protection is automatic here.
async fn create_post(token: Access) -> Json<Value> {
    Json(json!({"message": "Post created", "user": token.subject()}))
}

/// No CSRF value is asked for here, whether the token comes from a cookie or from the header.
async fn webhook(_token: Access) -> Json<Value> {
    Json(json!({"message": "Webhook processed"}))
}
