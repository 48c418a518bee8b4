//! An application whose configuration changes while browsers keep their cookies.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::Router;
use axum::extract::{Query, Request, State};
use axum::routing::post;
use serde::Deserialize;
use tower_service::Service as _;

/// Serves one router or the other, at the same origin. The route `/change` chooses.
pub(crate) fn between(former: Router, later: Router) -> Router {
    let changed = Arc::new(AtomicBool::new(false));
    let serve = async move |State(changed): State<Arc<AtomicBool>>, request: Request| {
        let mut router = if changed.load(Ordering::SeqCst) {
            later.clone()
        } else {
            former.clone()
        };
        router.call(request).await
    };
    Router::new()
        .route("/change", post(change))
        .fallback(serve)
        .with_state(changed)
}

#[derive(Deserialize)]
struct Change {
    later: bool,
}

async fn change(State(changed): State<Arc<AtomicBool>>, Query(Change { later }): Query<Change>) {
    changed.store(later, Ordering::SeqCst);
}
