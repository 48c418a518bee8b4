//! The signals that stop the program.

use std::time::Duration;

use tokio::signal::unix::{SignalKind, signal as listen};

/// Waits for Ctrl-C, or for the SIGTERM of `kill`, systemd and containers.
pub async fn signal() {
    let Ok(mut terminate) = listen(SignalKind::terminate()) else {
        tracing::error!("SIGTERM cannot be caught: it ends the process at once");
        return std::future::pending().await;
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
    tracing::info!("stopping");
}

/// Waits until a request that has not finished by now shall delay the end no longer.
pub async fn grace_is_over() {
    signal().await;
    tokio::time::sleep(GRACE).await;
}

/// Less than the 10 seconds after which containers are killed.
const GRACE: Duration = Duration::from_secs(8);
