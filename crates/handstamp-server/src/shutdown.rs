//! Serving until Ctrl-C or SIGTERM, then stopping cleanly.

use std::io;
use std::time::Duration;

use axum::Router;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::oneshot;

/// Requests under way may finish; one that never does cannot hold up the end.
pub(crate) async fn serve_until_signal(listener: TcpListener, app: Router) -> io::Result<()> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let (stop, stopped) = oneshot::channel::<()>();
    let serving = axum::serve(listener, app).with_graceful_shutdown(async {
        // A dropped sender stops as well.
        let _ = stopped.await;
    });
    let serving = tokio::spawn(async move { serving.await });

    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
    tracing::info!("stopping");
    drop(stop);
    match tokio::time::timeout(GRACE, serving).await {
        Ok(Ok(served)) => served,
        Ok(Err(crashed)) => Err(io::Error::other(crashed)),
        Err(_) => {
            tracing::warn!("some requests did not finish within {} s", GRACE.as_secs());
            Ok(())
        }
    }
}

const GRACE: Duration = Duration::from_secs(5);
