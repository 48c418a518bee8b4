//! The complete example of the page on cookies: log in, look, post, refresh, log out.

use axum::extract::{FromRequest, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use handstamp_axum::handstamp::purpose;
use handstamp_axum::{Access, Auth, IssueError, NewToken, Refresh};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

pub(crate) struct User {
    name: &'static str,
    password: &'static str,
}

/// For trying it out, on a loopback address only.
pub(crate) const USERS: &[User] = &[
    User {
        name: "user1",
        password: "password1",
    },
    User {
        name: "user2",
        password: "password2",
    },
];

#[derive(Clone)]
struct Demo {
    auth: Auth,
    users: &'static [User],
}

impl axum::extract::FromRef<Demo> for Auth {
    fn from_ref(demo: &Demo) -> Self {
        demo.auth.clone()
    }
}

pub(crate) fn routes(auth: Auth, users: &'static [User]) -> Router {
    Router::new()
        .route("/login", post(login))
        .route("/logout", post(logout))
        .route("/protected", get(protected))
        .route("/posts", post(create_post))
        .route("/refresh", post(refresh))
        .route("/names", get(names))
        .with_state(Demo { auth, users })
}

#[derive(Deserialize)]
struct Credentials {
    username: String,
    password: String,
}

async fn login(
    State(demo): State<Demo>,
    Body(form): Body<Credentials>,
) -> Result<Response, IssueError> {
    let Demo { auth, users } = demo;
    if !users
        .iter()
        .any(|user| user.name == form.username && user.password == form.password)
    {
        let body = Json(json!({"message": "Invalid username or password"}));
        return Ok((StatusCode::UNAUTHORIZED, body).into_response());
    }
    let access = auth.create_access_token(NewToken::for_subject(&form.username).fresh())?;
    let refresh = auth.create_refresh_token(&form.username)?;
    let body = Json(json!({"message": "Login successful", "username": form.username}));
    Ok((
        auth.set_access_cookies(&access)?,
        auth.set_refresh_cookies(&refresh)?,
        body,
    )
        .into_response())
}

async fn logout(State(auth): State<Auth>) -> impl IntoResponse {
    (
        auth.unset_cookies(),
        Json(json!({"message": "Successfully logged out"})),
    )
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

async fn refresh(
    State(auth): State<Auth>,
    token: Refresh,
) -> Result<impl IntoResponse, IssueError> {
    let access = auth.create_access_token(&token)?;
    Ok((
        auth.set_access_cookies(&access)?,
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
