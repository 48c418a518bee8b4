//! Requests whose responses tests hold back until something else has happened.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use handstamp_axum::{Access, Auth, Error, Refresh};
use serde_json::Value;
use tokio::sync::Notify;

use crate::app;

#[derive(Debug, Default)]
pub(crate) struct Slow {
    entered: Notify,
    released: Notify,
}

impl Slow {
    /// Waits until the response is released.
    async fn hold(&self) {
        self.entered.notify_one();
        self.released.notified().await;
    }
}

pub(crate) async fn answer(State(slow): State<Arc<Slow>>, token: Access) -> Json<Value> {
    slow.hold().await;
    app::who_am_i(token).await
}

/// Refreshes at once, and holds the cookies back.
pub(crate) async fn refresh(
    State(slow): State<Arc<Slow>>,
    auth: State<Auth>,
    token: Refresh,
) -> Result<impl IntoResponse, Error> {
    let response = app::refresh(auth, token).await?;
    slow.hold().await;
    Ok(response)
}

/// Waits until a request is held.
pub(crate) async fn entered(State(slow): State<Arc<Slow>>) {
    slow.entered.notified().await;
}

pub(crate) async fn release(State(slow): State<Arc<Slow>>) {
    slow.released.notify_one();
}
