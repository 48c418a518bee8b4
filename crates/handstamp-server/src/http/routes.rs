//! Log in, look, post, refresh, log out.

use std::time::Duration;

use axum::extract::{FromRef, FromRequest, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use handstamp_axum::handstamp::purpose;
use handstamp_axum::{Access, Auth, AuthError, ClientInfo, LogOut, Refresh, Rejection, days};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::accounts::log_in::{Credentials, LogIn, Refusal};
use crate::accounts::password::Password;
use crate::http::client_address::{ClientAddress, TrustedProxies};
use crate::http::log_in::Style;
use crate::http::sessions;

/// What the routes share.
#[derive(Debug, Clone)]
pub(crate) struct App {
    pub(crate) auth: Auth,
    pub(crate) log_in: LogIn,
    pub(crate) proxies: TrustedProxies,
    pub(crate) style: Style,
}

impl FromRef<App> for Auth {
    fn from_ref(app: &App) -> Self {
        app.auth.clone()
    }
}

impl FromRef<App> for TrustedProxies {
    fn from_ref(app: &App) -> Self {
        app.proxies.clone()
    }
}

pub(crate) fn routes(app: App) -> Router {
    Router::new()
        .route("/login", post(login).layer(app.auth.same_origin()))
        .route("/logout", post(logout))
        .route("/protected", get(protected))
        .route("/posts", post(create_post))
        .route("/refresh", post(refresh))
        .route("/names", get(names))
        .merge(sessions::routes())
        .with_state(app)
}

/// What a log-in form holds.
#[derive(Deserialize)]
struct LogInForm {
    username: String,
    password: Password,
    /// What the user calls this device.
    device: Option<String>,
    /// Stay logged in when the browser is closed.
    #[serde(default)]
    remember: bool,
}

async fn login(
    State(app): State<App>,
    ClientAddress(address): ClientAddress,
    client: ClientInfo,
    Body(form): Body<LogInForm>,
) -> Result<Response, AuthError> {
    let App {
        auth,
        log_in,
        style,
        ..
    } = app;
    let credentials = Credentials {
        username: form.username,
        password: form.password,
    };
    let known = match log_in.check(credentials, address).await {
        Ok(known) => known,
        Err(refusal) => return Ok(style.refuse(refusal)),
    };
    let name = known.name.as_str();
    let mut client = client.ip(address).label(form.device.unwrap_or_default());
    if form.remember {
        client = client.persistent(REMEMBERED);
    }
    let tokens = auth.log_in(name, client).await?;
    if let Err(refusal) = log_in.confirm(&known).await {
        // Nobody gets the tokens. Whoever changed the account wanted to end all sessions of before, and this one is late.
        if matches!(refusal, Refusal::Wrong) {
            auth.revoke_all_sessions(name)
                .await
                .map_err(Rejection::from)?;
        }
        return Ok(style.refuse(refusal));
    }
    let body = Json(json!({"message": "Login successful", "username": name}));
    Ok((auth.set_cookies(&tokens)?, body).into_response())
}

/// The session ends on every node, and the cookies go.
async fn logout(State(auth): State<Auth>, log_out: LogOut) -> Result<impl IntoResponse, Rejection> {
    let cookies = auth.log_out(log_out).await?;
    Ok((cookies, Json(json!({"message": "Successfully logged out"}))))
}

async fn protected(token: Access) -> Json<Value> {
    Json(json!({"message": "Access granted", "username": token.subject()}))
}

#[derive(Deserialize)]
struct Post {
    title: String,
}

async fn create_post(token: Access, Body(post): Body<Post>) -> Json<Value> {
    Json(json!({"message": "Post created", "title": post.title, "user": token.subject()}))
}

/// The refresh token is exchanged for the next one.
async fn refresh(State(auth): State<Auth>, token: Refresh) -> Result<impl IntoResponse, AuthError> {
    let tokens = auth.refresh(token).await?;
    Ok((
        auth.set_cookies(&tokens)?,
        Json(json!({"message": "Token refreshed"})),
    ))
}

/// What the page must know of the configuration: the names, which are settings.
async fn names(State(auth): State<Auth>) -> Json<Value> {
    let access = auth.config().names::<purpose::Access>();
    let refresh = auth.config().names::<purpose::Refresh>();
    Json(json!({
        "access": {"cookie": access.cookie, "csrf_cookie": access.csrf_cookie, "csrf_header": access.csrf_header},
        "refresh": {"cookie": refresh.cookie, "csrf_cookie": refresh.csrf_cookie, "csrf_header": refresh.csrf_header},
    }))
}

/// A JSON body; what is wrong with one is said in JSON too.
struct Body<T>(T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = (StatusCode, Json<Value>);

    async fn from_request(request: Request, state: &S) -> Result<Self, Self::Rejection> {
        match Json::from_request(request, state).await {
            Ok(Json(body)) => Ok(Self(body)),
            Err(rejection) => {
                let body = json!({"message": rejection.body_text()});
                Err((rejection.status(), Json(body)))
            }
        }
    }
}

const REMEMBERED: Duration = days(30);
