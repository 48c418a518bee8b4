//! A request whose response tests hold back until something else has happened.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use handstamp_axum::Access;
use serde_json::Value;
use tokio::sync::Notify;

use crate::app;

#[derive(Debug, Default)]
pub(crate) struct Slow {
    entered: Notify,
    released: Notify,
}

/// Responds once it is released.
pub(crate) async fn answer(State(slow): State<Arc<Slow>>, token: Access) -> Json<Value> {
    slow.entered.notify_one();
    slow.released.notified().await;
    app::who_am_i(token).await
}

/// Waits until a request has been admitted.
pub(crate) async fn entered(State(slow): State<Arc<Slow>>) {
    slow.entered.notified().await;
}

pub(crate) async fn release(State(slow): State<Arc<Slow>>) {
    slow.released.notify_one();
}
