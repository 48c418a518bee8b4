//! Removes what is over, now and then: sessions, and counts of log-ins.

use std::time::Duration;

use handstamp_axum::Auth;
use tokio::task::JoinHandle;
use tokio::time::{self, MissedTickBehavior};

use crate::accounts::throttle::Throttle;
use crate::storage::clock::now;

/// A task that purges every hour, beginning now.
#[must_use = "stop it before the database is closed"]
pub(crate) struct Purge(JoinHandle<()>);

impl Purge {
    pub(crate) fn start(throttle: Throttle, auth: Auth) -> Self {
        Self(tokio::spawn(async move {
            let mut hours = time::interval(Duration::from_hours(1));
            hours.set_missed_tick_behavior(MissedTickBehavior::Delay);
            loop {
                hours.tick().await;
                match throttle.purge(now()).await {
                    Ok(gone) => tracing::debug!(gone, "counts of log-ins were purged"),
                    Err(error) => tracing::error!(%error, "counts of log-ins cannot be purged"),
                }
                match auth.purge_sessions().await {
                    Ok(gone) => tracing::debug!(gone, "sessions were purged"),
                    Err(error) => tracing::error!(%error, "sessions cannot be purged"),
                }
            }
        }))
    }

    pub(crate) async fn stop(self) {
        self.0.abort();
        // It was ended just now: that is the only error there is.
        let _ = self.0.await;
    }
}
