//! The application under attack.

use std::sync::Arc;

use axum::extract::ws::WebSocketUpgrade;
use axum::extract::{FromRef, Query, State};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{any, get, post};
use axum::{Form, Json, Router, middleware};
use handstamp_axum::handstamp::store::MemoryStore;
use handstamp_axum::{
    Access, AccessForm, Auth, ClientInfo, Error, LogOut, LogOutBody, Refresh, Require,
};
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::{Value, json};
use tower_http::cors::CorsLayer;

use crate::clock::MovedClock;
use crate::services::Service;
use crate::slow::{self, Slow};
use crate::{change, form, pages, witness};

pub(crate) fn router(
    service: &Service,
    port: u16,
    attackers: u16,
) -> Result<Router, Box<dyn std::error::Error>> {
    let origin = service.origin(port);
    let clock = MovedClock::default();
    let store = Arc::new(MemoryStore::with_clock(clock.clone()));
    let configured = |settings| {
        let auth = service.auth(settings, &origin, attackers, &clock, &store)?;
        Ok::<_, Box<dyn std::error::Error>>(routes(service, auth, clock.clone()))
    };
    let now = configured(service.settings)?;
    let mut app = match service.later {
        Some(settings) => change::between(now, configured(settings)?),
        None => now,
    };
    if service.open_to_all {
        app = app.layer(CorsLayer::very_permissive());
    }
    Ok(app.layer(middleware::from_fn(witness::tell)))
}

fn routes(service: &Service, auth: Auth, clock: MovedClock) -> Router {
    let unguarded = auth.require(Require::access().without_csrf());
    let without_token = auth.require(Require::access().without_csrf_token());
    let from_own_pages = auth.same_origin();
    let mut app = Router::new()
        .route("/", get(|| async { Html("<title>app</title>") }))
        .route("/form", get(form::page))
        // Attacks on the routes below succeed on these; otherwise their failure could be a mistake
        // of the test.
        .route("/unguarded/login", post(log_in))
        .route("/unguarded/posts", post(who_am_i).route_layer(unguarded))
        .route("/login", post(log_in).route_layer(from_own_pages))
        // At the end of a path, so that cookies can be planted at each level of it.
        .route("/api/v1/users/me", get(who_am_i))
        .route("/posts", post(who_am_i))
        .route("/forms", post(who_am_i).route_layer(without_token))
        // With the CSRF value in a form field.
        .route("/body/posts", post(who_am_i_by_form))
        .route("/body/logout", post(log_out_by_form))
        .route("/socket", any(echo))
        .route("/refresh", post(refresh))
        .route("/logout", post(log_out))
        .route("/slow", get(slow::answer))
        .route("/refresh/slow", post(slow::refresh))
        // Below the path of a refresh cookie.
        .route("/refresh/logout", post(log_out))
        .route("/public", get(pages::public))
        .route("/shell", get(pages::shell))
        .route("/shell/unstored", get(pages::unstored_shell))
        .route("/profile", get(pages::profile))
        .route("/cached/profile", get(pages::cached_profile));
    app = if service.renewing {
        app.layer(auth.implicit_refresh())
    } else {
        app.layer(auth.no_store())
    };
    // Outside of the layer, which keeps answers out of caches.
    app.route("/bare/me", get(who_am_i))
        .route("/slow/entered", get(slow::entered))
        .route("/slow/release", post(slow::release))
        .route("/forward", post(forward))
        .with_state(App {
            auth,
            clock,
            slow: Arc::default(),
        })
}

#[derive(Clone)]
struct App {
    auth: Auth,
    clock: MovedClock,
    slow: Arc<Slow>,
}

impl FromRef<App> for Auth {
    fn from_ref(app: &App) -> Self {
        app.auth.clone()
    }
}

impl FromRef<App> for Arc<Slow> {
    fn from_ref(app: &App) -> Self {
        Arc::clone(&app.slow)
    }
}

/// Names are trusted: the tests cover what follows the password.
#[derive(Deserialize)]
struct LogInForm {
    user: String,
}

/// Responds with the CSRF value in the body as well, for pages of another origin, which cannot read
/// the cookie.
async fn log_in(
    State(auth): State<Auth>,
    client: ClientInfo,
    Form(form): Form<LogInForm>,
) -> Result<impl IntoResponse, Error> {
    let tokens = auth.log_in(&form.user, client).await?;
    let body = Json(json!({"user": form.user, "csrf": tokens.access().csrf()}));
    Ok((auth.set_cookies(&tokens)?, body))
}

pub(crate) async fn who_am_i(token: Access) -> Json<Value> {
    Json(json!({"user": token.subject()}))
}

async fn who_am_i_by_form(body: AccessForm<IgnoredAny>) -> Json<Value> {
    who_am_i(body.token).await
}

async fn log_out_by_form(
    State(auth): State<Auth>,
    LogOutBody(log_out): LogOutBody,
) -> Result<impl IntoResponse, Error> {
    Ok((auth.log_out(log_out).await?, "bye"))
}

#[derive(Deserialize)]
struct Forward {
    seconds: u64,
}

async fn forward(State(app): State<App>, Query(Forward { seconds }): Query<Forward>) {
    app.clock.forward(seconds);
}

/// Sends the subject, then echoes every message.
async fn echo(State(auth): State<Auth>, token: Access, upgrade: WebSocketUpgrade) -> Response {
    upgrade.on_upgrade(async move |socket| {
        let mut socket = auth.guard(socket, &token);
        let name = token.subject().to_owned();
        let mut sent = socket.send(name.into()).await;
        while sent.is_ok()
            && let Some(Ok(message)) = socket.recv().await
        {
            sent = socket.send(message).await;
        }
    })
}

pub(crate) async fn refresh(
    State(auth): State<Auth>,
    token: Refresh,
) -> Result<impl IntoResponse, Error> {
    let tokens = auth.refresh(token).await?;
    Ok((auth.set_cookies(&tokens)?, "refreshed"))
}

async fn log_out(State(auth): State<Auth>, log_out: LogOut) -> Result<impl IntoResponse, Error> {
    Ok((auth.log_out(log_out).await?, "bye"))
}
