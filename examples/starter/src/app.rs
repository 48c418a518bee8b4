//! The application: what its handlers share, and its routes.

use std::sync::Arc;
use std::time::Duration;

use argon2::password_hash;
use axum::Router;
use axum::extract::{DefaultBodyLimit, FromRef, Request};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{delete, get, post};
use handstamp_axum::handstamp::{Authenticated, error::StoreError, purpose};
use handstamp_axum::{Auth, LoadSubject, Route, routes};
use sqlx::SqlitePool;
use tower_http::trace::TraceLayer;

use crate::attempts::Attempts;
use crate::error::Error;
use crate::notes::Notes;
use crate::passwords::Passwords;
use crate::users::{User, Users};
use crate::{admin, confirm, health, log_in, me, notes, page, password_change, refresh, sign_up};

/// Clones share what it holds.
#[derive(Clone)]
pub struct App {
    pub auth: Auth,
    pub users: Users,
    pub notes: Notes,
    pub passwords: Passwords,
    pub attempts: Arc<Attempts>,
    pub pool: SqlitePool,
    pub behind_proxy: bool,
}

impl App {
    pub fn new(auth: Auth, pool: SqlitePool, behind_proxy: bool) -> password_hash::Result<Self> {
        Ok(Self {
            auth,
            users: Users::new(pool.clone()),
            notes: Notes::new(pool.clone()),
            passwords: Passwords::new()?,
            attempts: Arc::new(Attempts::new()),
            pool,
            behind_proxy,
        })
    }

    pub fn router(self) -> Router {
        let auth = self.auth.clone();
        Router::new()
            .route("/me", get(me::me))
            .route("/notes", get(notes::list).post(notes::add))
            .route("/notes/{id}", delete(notes::remove))
            .route("/password", post(password_change::change_password))
            .route("/confirm", post(confirm::confirm))
            .route("/refresh", post(refresh::refresh))
            // Log-out, who is logged in, the list of devices.
            .merge(routes(&auth).without(Route::Refresh))
            .merge(admin::routes(&auth))
            // They demand no token, so nothing else keeps the forms of other sites out.
            .merge(
                Router::new()
                    .route("/signup", post(sign_up::sign_up))
                    .route("/login", post(log_in::log_in))
                    .route_layer(auth.same_origin()),
            )
            // What one user has seen stays in no cache for the next one.
            .layer(auth.no_store())
            .merge(page::routes())
            .route("/health", get(health::health))
            .layer(DefaultBodyLimit::max(16 * 1024))
            .layer(from_fn(in_time))
            .layer(TraceLayer::new_for_http().make_span_with(span))
            .with_state(self)
    }

    /// Removes what is over, every ten minutes.
    pub async fn purge(self) {
        loop {
            self.attempts.purge();
            if let Err(error) = self.auth.purge_sessions().await {
                tracing::error!(%error, "sessions that are over could not be removed");
            }
            tokio::time::sleep(Duration::from_mins(10)).await;
        }
    }
}

/// Each line of the log then names the request, without its query: that may have codes and tokens.
fn span(request: &Request) -> tracing::Span {
    tracing::info_span!("request", method = %request.method(), path = request.uri().path())
}

/// Gives up a request whose body hardly comes, or whose handler hangs.
async fn in_time(request: Request, next: Next) -> Response {
    let response = tokio::time::timeout(TIMEOUT, next.run(request)).await;
    response.unwrap_or_else(|_| Error::TooSlow.into_response())
}

/// For handlers and extractors that take handstamp's part of the state.
impl FromRef<App> for Auth {
    fn from_ref(app: &App) -> Self {
        app.auth.clone()
    }
}

/// For handlers that take a `Current<User>`: the user is read at each request.
impl LoadSubject<User> for App {
    async fn load_subject(
        &self,
        token: &Authenticated<purpose::Access>,
    ) -> Result<Option<User>, StoreError> {
        let user = self.users.by_subject(token.subject()).await;
        user.map_err(StoreError::new)
    }
}

const TIMEOUT: Duration = Duration::from_secs(10);
