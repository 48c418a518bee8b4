//! The signals that stop the program.

use std::io;
use std::time::Duration;

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

/// Whether a signal has come. Clones tell the same.
#[derive(Clone)]
pub struct Stop(watch::Receiver<bool>);

impl Stop {
    /// Listens for Ctrl-C, and for the SIGTERM of `kill`, systemd and containers. From here on
    /// neither ends the process by itself.
    pub fn listen() -> io::Result<Self> {
        let mut interrupt = signal(SignalKind::interrupt())?;
        let mut terminate = signal(SignalKind::terminate())?;
        let (sender, receiver) = watch::channel(false);
        tokio::spawn(async move {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
            tracing::info!("stopping");
            sender.send_replace(true);
        });
        Ok(Self(receiver))
    }

    /// Waits for the first signal.
    pub async fn came(mut self) {
        // An error says that the task is gone, which ends only with the program.
        let _ = self.0.wait_for(|came| *came).await;
    }

    /// Waits until a request that has not finished by now shall delay the end no longer.
    pub async fn grace_is_over(self) {
        self.came().await;
        tokio::time::sleep(GRACE).await;
    }
}

/// Less than the 10 seconds after which containers are killed.
const GRACE: Duration = Duration::from_secs(8);
