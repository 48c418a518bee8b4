//! The task that removes expired sessions, limits that have ended, and devices that are forgotten.
//!
//! It runs once when it is started and then every hour. An error is logged, and the next run tries
//! again.

use std::time::Duration;

use handstamp_axum::Auth;
use tokio::task::JoinHandle;
use tokio::time::{self, MissedTickBehavior};

use super::known_devices::KnownDevices;
use super::throttle::Throttle;
use crate::storage::clock::now;

/// The running task.
#[must_use = "stop it before the database is closed"]
pub(crate) struct Purge(JoinHandle<()>);

impl Purge {
    pub(crate) fn start(throttle: Throttle, devices: KnownDevices, auth: Auth) -> Self {
        Self(tokio::spawn(async move {
            let mut hours = time::interval(Duration::from_hours(1));
            hours.set_missed_tick_behavior(MissedTickBehavior::Delay);
            loop {
                hours.tick().await;
                match throttle.purge(now()).await {
                    Ok(removed) => tracing::debug!(removed, "limits on log-ins were purged"),
                    Err(error) => tracing::error!(%error, "limits on log-ins cannot be purged"),
                }
                match devices.purge(now()).await {
                    Ok(removed) => tracing::debug!(removed, "known devices were purged"),
                    Err(error) => tracing::error!(%error, "known devices cannot be purged"),
                }
                match auth.purge_sessions().await {
                    Ok(removed) => tracing::debug!(removed, "sessions were purged"),
                    Err(error) => tracing::error!(%error, "sessions cannot be purged"),
                }
            }
        }))
    }

    pub(crate) async fn stop(self) {
        self.0.abort();
        // The only possible error is that the task was aborted.
        let _ = self.0.await;
    }
}
