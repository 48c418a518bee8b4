//! axum-login with the memory store of tower-sessions, as its documentation builds an application.
//! It has no CSRF values, so there is no `POST /notes`.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::Arc;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use axum_login::{
    AuthManagerLayerBuilder, AuthSession, AuthUser, AuthnBackend, UserId, login_required,
};
use handstamp_bench::facts::SUBJECT;
use tower_sessions::{MemoryStore, SessionManagerLayer};

use super::Me;

pub fn app() -> Router {
    let sessions = SessionManagerLayer::new(MemoryStore::default());
    let user = User {
        id: SUBJECT.to_owned(),
        password_hash: PASSWORD_HASH.to_owned(),
    };
    let users = Users(Arc::new(HashMap::from([(user.id.clone(), user)])));
    Router::new()
        .route("/me", get(subject))
        .route_layer(login_required!(Users))
        .route("/login", post(log_in))
        .layer(AuthManagerLayerBuilder::new(users, sessions).build())
}

async fn log_in(mut session: AuthSession<Users>) -> StatusCode {
    let user = session.authenticate(SUBJECT.to_owned()).await;
    let user = user.expect("users are in memory").expect("it is there");
    session.login(&user).await.expect("sessions are in memory");
    StatusCode::NO_CONTENT
}

async fn subject(session: AuthSession<Users>) -> Response {
    match session.user {
        Some(user) => Json(Me::new(&user.id)).into_response(),
        None => StatusCode::UNAUTHORIZED.into_response(),
    }
}

#[derive(Clone, Debug)]
struct User {
    id: String,
    password_hash: String,
}

impl AuthUser for User {
    type Id = String;

    fn id(&self) -> String {
        self.id.clone()
    }

    fn session_auth_hash(&self) -> &[u8] {
        self.password_hash.as_bytes()
    }
}

#[derive(Clone)]
struct Users(Arc<HashMap<String, User>>);

impl AuthnBackend for Users {
    type User = User;
    type Credentials = String;
    type Error = Infallible;

    async fn authenticate(&self, id: String) -> Result<Option<User>, Infallible> {
        self.get_user(&id).await
    }

    async fn get_user(&self, id: &UserId<Self>) -> Result<Option<User>, Infallible> {
        Ok(self.0.get(id).cloned())
    }
}

/// As long as one of Argon2.
const PASSWORD_HASH: &str = "$argon2id$v=19$m=19456,t=2,p=1$c2FsdCBvZiAxNiBieXRl$aGFzaCBvZiB0aGlydHktdHdvIGJ5dGVzIGluIGFsbCE";
