//! handstamp on axum, as its README builds an application.

use std::sync::Arc;

use axum::extract::State;
use axum::response::IntoResponse;
use axum::routing::{get, post};
use axum::{Json, Router};
use handstamp_axum::handstamp::store::{MemoryStore, Store};
use handstamp_axum::{Access, Auth, ClientInfo, Error};
use handstamp_bench::facts::SUBJECT;
use handstamp_bench::ours::{config, new_token};
use handstamp_redis::RedisStore;
use handstamp_sqlx::{PostgresStore, SqliteStore};

use super::Me;

/// `store` is `memory` or a URL; without one, tokens belong to no session.
pub async fn app(store: Option<&str>) -> Router {
    let mut auth = Auth::builder(config().build().expect("it is valid"));
    if let Some(place) = store {
        auth = auth.store(open(place).await);
    }
    let auth = auth.build().expect("the configuration is valid");
    Router::new()
        .route("/login", post(log_in).layer(auth.same_origin()))
        .route("/me", get(subject))
        .route("/notes", post(subject))
        .layer(auth.no_store())
        .with_state(auth)
}

async fn open(place: &str) -> Arc<dyn Store> {
    match place.split_once(':') {
        Some(("sqlite", _)) => Arc::new(SqliteStore::open(place).await.expect("a file")),
        Some(("postgres", _)) => Arc::new(PostgresStore::connect(place).await.expect("a server")),
        Some(("redis", _)) => Arc::new(RedisStore::new(place).expect("a URL")),
        _ => Arc::new(MemoryStore::new()),
    }
}

async fn log_in(State(auth): State<Auth>, client: ClientInfo) -> Result<impl IntoResponse, Error> {
    let tokens = auth.log_in(new_token(SUBJECT), client).await?;
    auth.set_cookies(&tokens)
}

async fn subject(token: Access) -> Json<Me> {
    Json(Me::new(token.subject()))
}
