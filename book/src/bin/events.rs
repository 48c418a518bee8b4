//! Server-sent events that end with their token: when it expires, at a log-out, when the session is
//! revoked.
//!
//! Settings: `PORT` (8000), and every `JWT_*` and `HANDSTAMP_*` variable.

use std::convert::Infallible;
use std::future::ready;

use axum::extract::{FromRef, State};
use axum::http::StatusCode;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use futures_util::StreamExt as _;
use handstamp_axum::handstamp::store::MemoryStore;
use handstamp_axum::{Access, Auth, ClientInfo, Config, Error, LogOut};
use serde::Deserialize;
use tokio::sync::broadcast;
use tokio_stream::wrappers::BroadcastStream;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let port: u16 = std::env::var("PORT").map_or(Ok(8000), |port| port.parse())?;
    let config = Config::builder()
        .cookie_secure(false) // for http://localhost only
        .env()
        .build()?;
    let auth = Auth::builder(config).store(MemoryStore::new()).build()?;
    let (news, _) = broadcast::channel(100);
    let app = Router::new()
        .route("/login", post(login))
        .route("/logout", post(logout))
        .route("/events", get(events).post(say))
        .layer(auth.no_store())
        .with_state(App { auth, news });
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await?;
    println!("listening on http://{}", listener.local_addr()?);
    axum::serve(listener, app).await?;
    Ok(())
}

#[derive(Clone)]
struct App {
    auth: Auth,
    news: broadcast::Sender<String>,
}

impl FromRef<App> for Auth {
    fn from_ref(app: &App) -> Self {
        app.auth.clone()
    }
}

/// The news, until the token with which they were asked for is no longer accepted.
async fn events(State(App { auth, news }): State<App>, token: Access) -> impl IntoResponse {
    let news = BroadcastStream::new(news.subscribe())
        // A listener that is too slow misses some, and goes on.
        .filter_map(|said| ready(said.ok()))
        .map(|said| Ok::<_, Infallible>(Event::default().data(said)))
        .take_until(auth.watch(&token));
    // nginx passes on at once what says so.
    let at_once = [("x-accel-buffering", "no")];
    (at_once, Sse::new(news).keep_alive(KeepAlive::default()))
}

/// Tells all who listen.
async fn say(State(app): State<App>, _: Access, text: String) -> StatusCode {
    let _ = app.news.send(text); // an error means that no one listens
    StatusCode::NO_CONTENT
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
) -> Result<Response, Error> {
    if !USERS.contains(&(&form.username, &form.password)) {
        return Ok(StatusCode::UNAUTHORIZED.into_response());
    }
    let tokens = auth.log_in(&form.username, client).await?;
    Ok((auth.set_cookies(&tokens)?, StatusCode::NO_CONTENT).into_response())
}

async fn logout(State(auth): State<Auth>, log_out: LogOut) -> Result<impl IntoResponse, Error> {
    Ok((auth.log_out(log_out).await?, StatusCode::NO_CONTENT))
}
