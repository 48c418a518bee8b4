//! A chat over WebSockets that end with their tokens: when the token expires, at a log-out, when
//! the session is revoked.
//!
//! `JWT_SECRET_KEY=$(openssl rand -hex 32) cargo run -p websocket`, then <http://127.0.0.1:8000>.
//! Settings: `PORT` (8000), and every `JWT_*` and `HANDSTAMP_*` variable. Behind a name of your
//! own, `HANDSTAMP_PUBLIC_ORIGIN` must be set: browsers let any page open a WebSocket, with the
//! user's cookies, so only pages of the origins that are named here may.

mod places;

use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message, WebSocketUpgrade, close_code};
use axum::extract::{FromRef, State};
use axum::http::StatusCode;
use axum::http::header::CACHE_CONTROL;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{any, get, post};
use axum::{Json, Router};
use handstamp_axum::handstamp::store::MemoryStore;
use handstamp_axum::{
    Access, Auth, ClientInfo, Config, Error, GuardedSocket, Location, LogOut, Refresh, minutes,
    purpose,
};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::broadcast;

use places::Places;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let port: u16 = std::env::var("PORT").map_or(Ok(8000), |port| port.parse())?;
    // Ports of one host share cookies, so at another port the names of ours end with it.
    let suffix = match port {
        0 | 8000 => String::new(),
        port => format!("_{port}"),
    };
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    let address = listener.local_addr()?;

    // The environment wins over what stands here.
    let config = Config::builder()
        .token_locations([Location::Cookies])
        .public_origin(format!("http://{address}"))
        .trusted_origins([format!("http://localhost:{}", address.port())])
        .access_token_expires(Duration::from_secs(20)) // to see it end; else 15 minutes
        .refresh_token_expires(minutes(60))
        .cookie_secure(false) // for http://localhost only
        .cookie_suffix(suffix)
        .env()
        .build()?;
    let auth: Auth = Auth::builder(config).store(MemoryStore::new()).build()?;
    let (room, _) = broadcast::channel(100);
    let app = Router::new()
        .route("/", get(page))
        .route("/login", post(login))
        .route("/refresh", post(refresh))
        .route("/logout", post(logout))
        .route("/logout-everywhere", post(logout_everywhere))
        .route("/me", get(me))
        .route("/chat", any(chat))
        .layer(auth.no_store())
        .with_state(App {
            auth,
            room: room.clone(),
            places: Places::default(),
        });

    println!("listening on http://{address}");
    let (mut interrupt, mut terminate) = (
        signal(SignalKind::interrupt())?,
        signal(SignalKind::terminate())?,
    );
    let stop = async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    };
    serve::serve(listener, app, stop).await;
    // The server does not wait for sockets. They are told, and have a moment to say goodbye.
    let _ = room.send(Message::Close(Some(CloseFrame {
        code: close_code::AWAY,
        reason: "the server stops".into(),
    })));
    let _ = tokio::time::timeout(Duration::from_secs(2), room.closed()).await;
    Ok(())
}

#[derive(Clone)]
struct App {
    auth: Auth,
    /// Where everybody hears what anybody says.
    room: broadcast::Sender<Message>,
    places: Places,
}

impl FromRef<App> for Auth {
    fn from_ref(app: &App) -> Self {
        app.auth.clone()
    }
}

/// The page, which the back button would otherwise bring back with what it has shown to a former
/// user. The names of the cookies that it reads are settings.
async fn page(State(auth): State<Auth>) -> impl IntoResponse {
    let access = auth.config().names::<purpose::Access>().csrf_cookie;
    let refresh = auth.config().names::<purpose::Refresh>().csrf_cookie;
    let page = include_str!("page.html")
        .replace("csrf_access_token", access)
        .replace("csrf_refresh_token", refresh);
    ([(CACHE_CONTROL, "no-store")], Html(page))
}

/// Opens a socket: the token is checked as on any other route, and so is where the page comes from.
async fn chat(
    State(App { auth, room, places }): State<App>,
    token: Access,
    upgrade: WebSocketUpgrade,
) -> Response {
    let Some(place) = token.session_id().and_then(|session| places.take(session)) else {
        return auth.rate_limited(Duration::from_secs(10)).into_response();
    };
    upgrade
        // Both: an unfinished frame of up to 16 MiB is kept in memory, whatever messages may be.
        .max_frame_size(4096)
        .max_message_size(4096)
        .on_upgrade(async move |socket| {
            let socket = auth.guard(socket, &token);
            talk(socket, token.subject(), &room).await;
            drop(place);
        })
}

/// Sends on what this user says, and to this user what anybody says.
async fn talk(mut socket: GuardedSocket, name: &str, room: &broadcast::Sender<Message>) {
    let mut heard = room.subscribe();
    loop {
        tokio::select! {
            message = socket.recv() => match message {
                Some(Ok(Message::Text(text))) => {
                    let said = json!({"from": name, "text": text.as_str()});
                    let _ = room.send(Message::text(said.to_string()));
                }
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                // Gone, or its token has ended, or it is no chat.
                _ => return,
            },
            said = heard.recv() => match said {
                Ok(said) => if socket.send(said).await.is_err() {
                    return;
                },
                Err(broadcast::error::RecvError::Lagged(_)) => {}
                Err(broadcast::error::RecvError::Closed) => return,
            },
        }
    }
}

#[derive(Deserialize)]
struct LoginRequest {
    username: String,
    password: String,
}

/// Name and password.
const USERS: [(&str, &str); 2] = [("user1", "password1"), ("user2", "password2")];

async fn login(
    State(auth): State<Auth>,
    client: ClientInfo,
    Json(form): Json<LoginRequest>,
) -> Result<Response, Error> {
    if !USERS.contains(&(&form.username, &form.password)) {
        let body = Json(json!({"detail": "Invalid credentials"}));
        return Ok((StatusCode::UNAUTHORIZED, body).into_response());
    }
    let tokens = auth.log_in(&form.username, client).await?;
    let body = Json(json!({"message": "Login successful", "username": form.username}));
    Ok((auth.set_cookies(&tokens)?, body).into_response())
}

async fn refresh(State(auth): State<Auth>, token: Refresh) -> Result<impl IntoResponse, Error> {
    let tokens = auth.refresh(token).await?;
    let body = Json(json!({"message": "Token refreshed"}));
    Ok((auth.set_cookies(&tokens)?, body))
}

/// This browser's socket ends, and nobody else's.
async fn logout(State(auth): State<Auth>, log_out: LogOut) -> Result<impl IntoResponse, Error> {
    let cookies = auth.log_out(log_out).await?;
    Ok((cookies, Json(json!({"message": "Successfully logged out"}))))
}

/// All sockets of the user's end, in every browser.
async fn logout_everywhere(State(auth): State<Auth>, token: Access) -> Result<Json<Value>, Error> {
    let revoked = auth.revoke_all_sessions(&token).await?;
    Ok(Json(
        json!({"message": "Logged out everywhere", "sessions": revoked}),
    ))
}

async fn me(token: Access) -> Json<Value> {
    Json(json!({"username": token.subject()}))
}
