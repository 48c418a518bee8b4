//! The complete example with sessions: refresh tokens that are exchanged, log-out that holds at
//! once, a list of devices.
//!
//! `JWT_SECRET_KEY=$(openssl rand -hex 32) cargo run -p sessions`. Settings: `PORT` (8000), `STORE`
//! (`memory`, `sqlite:PATH`, `postgres://…`, `redis://…`), and every `JWT_*` and `HANDSTAMP_*`
//! variable.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{ConnectInfo, Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post};
use axum::{Json, Router};
use handstamp_axum::handstamp::store::{MemoryStore, SessionId, Store};
use handstamp_axum::{
    Access, Auth, ClientInfo, Config, Error, Location, LogOut, Refresh, SessionInfo, days, minutes,
};
use handstamp_redis::RedisStore;
use handstamp_sqlx::{PostgresStore, SqliteStore};
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
    let config = Config::builder()
        .token_locations([Location::Cookies])
        .access_token_expires(minutes(15))
        .refresh_token_expires(days(30))
        .cookie_secure(false) // for http://localhost only
        .cookie_suffix(suffix)
        .env()
        .build()?;
    let auth = Auth::builder(config).store(store().await?).build()?;
    tokio::spawn(purge(auth.clone()));
    let app = Router::new()
        .route("/login", post(login))
        .route("/logout", post(logout))
        .route("/session", get(session))
        .route("/protected", get(protected))
        .route("/posts", post(create_post))
        .route("/refresh", post(refresh))
        .route("/sessions", get(sessions))
        .route("/sessions/{id}", delete(revoke_session))
        .route("/sessions/revoke-others", post(revoke_others))
        .layer(auth.no_store())
        .with_state(auth);

    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await?;
    println!("listening on http://{}", listener.local_addr()?);
    serve::serve(listener, app, std::future::pending()).await;
    Ok(())
}

/// Where the sessions are.
async fn store() -> Result<Arc<dyn Store>, Box<dyn std::error::Error>> {
    let place = std::env::var("STORE").unwrap_or_else(|_| "memory".into());
    Ok(match place.split_once(':') {
        None if place == "memory" => Arc::new(MemoryStore::new()),
        Some(("sqlite", path)) => Arc::new(SqliteStore::open(path).await?),
        Some(("postgres" | "postgresql", _)) => Arc::new(PostgresStore::connect_lazy(&place)?),
        Some(("redis" | "rediss", _)) => Arc::new(RedisStore::new(&place)?),
        _ => return Err("STORE: use memory, sqlite:PATH, postgres://… or redis://…".into()),
    })
}

/// Removes what is over, every hour.
async fn purge(auth: Auth) {
    loop {
        if let Err(error) = auth.purge_sessions().await {
            eprintln!("sessions that are over could not be removed: {error}");
        }
        tokio::time::sleep(Duration::from_hours(1)).await;
    }
}

#[derive(Deserialize)]
struct LoginRequest {
    username: String,
    password: String,
    /// What the user calls this device.
    device: Option<String>,
    /// Stay logged in when the browser is closed.
    #[serde(default)]
    remember: bool,
}

/// Name, password and mail address.
const USERS: [(&str, &str, &str); 2] = [
    ("user1", "password1", "user1@example.com"),
    ("user2", "password2", "user2@example.com"),
];

/// A new session, and its tokens in cookies.
async fn login(
    State(auth): State<Auth>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    client: ClientInfo,
    Json(form): Json<LoginRequest>,
) -> Result<impl IntoResponse, ApiError> {
    if !USERS
        .iter()
        .any(|(name, password, _)| *name == form.username && *password == form.password)
    {
        return Err(ApiError::InvalidCredentials);
    }
    let mut client = client.ip(peer.ip()).label(form.device.unwrap_or_default());
    if form.remember {
        client = client.persistent(days(30));
    }
    let tokens = auth.log_in(&form.username, client).await?;
    let body = json!({
        "message": "Login successful",
        "username": form.username,
        // For clients that cannot read the CSRF cookie: see the example `cross-origin`.
        "csrf": tokens.csrf(),
        "expires_in": tokens.access().expires_in().as_secs(),
    });
    Ok((auth.set_cookies(&tokens)?, Json(body)))
}

/// The session ends on every node, and the cookies go.
async fn logout(State(auth): State<Auth>, log_out: LogOut) -> Result<impl IntoResponse, Error> {
    let cookies = auth.log_out(log_out).await?;
    Ok((cookies, Json(json!({"message": "Successfully logged out"}))))
}

/// Who is logged in, for a page that was just loaded. After 401 it refreshes, and asks again.
async fn session(session: SessionInfo) -> Json<SessionInfo> {
    Json(session)
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

/// The refresh token is exchanged for the next one.
async fn refresh(State(auth): State<Auth>, token: Refresh) -> Result<impl IntoResponse, Error> {
    let tokens = auth.refresh(token).await?;
    let body = json!({
        "message": "Token refreshed",
        "csrf": tokens.csrf(),
        "expires_in": tokens.access().expires_in().as_secs(),
    });
    Ok((auth.set_cookies(&tokens)?, Json(body)))
}

/// The user's devices. There are more only after the limit of sessions was lowered.
async fn sessions(State(auth): State<Auth>, token: Access) -> Result<Json<Value>, Error> {
    let sessions = auth.sessions(&token).await?;
    let shown = sessions.iter().map(|session| {
        json!({
            "id": session.id().as_str(),
            "device": session.label(),
            "browser": session.user_agent(),
            "address": session.ip(),
            "logged_in": session.created_at().as_secs(),
            "last_active": session.last_active().as_secs(),
            "this_device": session.is_current(),
        })
    });
    let shown: Vec<Value> = shown.collect();
    Ok(Json(
        json!({"sessions": shown, "has_more": sessions.has_more()}),
    ))
}

/// Logs out one device of the user. An id of another user's session is not found.
async fn revoke_session(
    State(auth): State<Auth>,
    token: Access,
    Path(id): Path<String>,
) -> Result<Json<Value>, ApiError> {
    let id = SessionId::from(id.as_str());
    if !auth.revoke_session(&token, &id).await? {
        return Err(ApiError::NoSuchSession);
    }
    Ok(Json(json!({"message": "Session revoked"})))
}

/// Logs out all other devices of the user.
async fn revoke_others(State(auth): State<Auth>, token: Access) -> Result<Json<Value>, Error> {
    let revoked = auth.revoke_other_sessions(&token).await?;
    Ok(Json(
        json!({"message": "Other sessions revoked", "revoked": revoked}),
    ))
}

/// What a handler of this application may answer instead of its result.
enum ApiError {
    Auth(Error),
    InvalidCredentials,
    NoSuchSession,
}

/// For `?` on whatever `Auth` does.
impl From<Error> for ApiError {
    fn from(error: Error) -> Self {
        Self::Auth(error)
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let (status, detail) = match self {
            Self::Auth(error) => return error.into_response(),
            Self::InvalidCredentials => (StatusCode::UNAUTHORIZED, "Invalid credentials"),
            Self::NoSuchSession => (StatusCode::NOT_FOUND, "No such session"),
        };
        (status, Json(json!({"detail": detail}))).into_response()
    }
}
