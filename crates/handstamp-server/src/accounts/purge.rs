//! The task that removes expired sessions, limits that have ended, and devices that are forgotten.
//!
//! It runs once when it is started and then every hour. An error is logged, and the next run tries
//! again.
//!
//! A machine may start with a clock that is far ahead, until NTP has set it, and sessions that
//! would then be removed are lost. While the clock is more than a day past the last use of any
//! session, the removal therefore waits, for a day at most: a service may have been out of use for
//! that long.

use std::time::{Duration, Instant};

use handstamp_axum::Auth;
use tokio::task::JoinHandle;
use tokio::time::{self, MissedTickBehavior};

use super::known_devices::KnownDevices;
use super::throttle::Throttle;
use crate::storage::clock::{now, seconds};
use crate::storage::database::{Database, DatabaseError, query};

/// The running task.
#[must_use = "stop it before the database is closed"]
pub(crate) struct Purge(JoinHandle<()>);

impl Purge {
    pub(crate) fn start(
        throttle: Throttle,
        devices: KnownDevices,
        auth: Auth,
        clock: ClockCheck,
    ) -> Self {
        Self(tokio::spawn(async move {
            let started = Instant::now();
            let mut hours = time::interval(Duration::from_hours(1));
            hours.set_missed_tick_behavior(MissedTickBehavior::Delay);
            loop {
                hours.tick().await;
                if started.elapsed() < LONGEST_WAIT && clock.is_doubtful().await {
                    continue;
                }
                match throttle.purge().await {
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

/// Compares the clock with the last use of a session.
pub(crate) struct ClockCheck {
    /// The database, if it holds the sessions.
    sessions: Option<Database>,
}

impl ClockCheck {
    pub(crate) fn new(sessions: Option<Database>) -> Self {
        Self { sessions }
    }

    /// Returns whether the clock may be ahead, and warns of it.
    async fn is_doubtful(&self) -> bool {
        match self.ahead().await {
            Ok(ahead) if ahead > A_DAY => {
                tracing::warn!(
                    "no session was used for {} hours, by the clock of this machine: is it ahead? What has expired is \
                     not removed today",
                    ahead / 3_600
                );
                true
            }
            Ok(_) => false,
            Err(error) => {
                tracing::error!(%error, "the last use of sessions cannot be read");
                true
            }
        }
    }

    /// Returns how many seconds the clock is past the last use of any session: zero if there is no
    /// session.
    async fn ahead(&self) -> Result<i64, DatabaseError> {
        let Some(database) = &self.sessions else {
            return Ok(0);
        };
        let newest: Option<i64> = query!(database, pool => async {
            sqlx::query_scalar(NEWEST).fetch_one(pool).await
        })?;
        Ok(newest.map_or(0, |newest| seconds(now()) - newest / 1_000))
    }
}

const NEWEST: &str = "SELECT max(CASE WHEN rotated_at > last_active THEN rotated_at ELSE last_active END) \
                      FROM handstamp_sessions";
const A_DAY: i64 = 86_400;
const LONGEST_WAIT: Duration = Duration::from_hours(24);

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use handstamp_axum::handstamp::store::{AccountId, NewSession, Store as _};
    use handstamp_sqlx::SqliteStore;

    use super::{ClockCheck, query};
    use crate::storage::testing::TempDir;

    #[tokio::test]
    async fn a_clock_far_past_the_last_use_of_a_session_is_doubtful() {
        let dir = TempDir::new();
        let database = dir.database().await;
        let file = dir.path().join("handstamp.db");
        let store = SqliteStore::open(&file).await.unwrap();
        let check = ClockCheck::new(Some(database.clone()));
        assert!(!check.is_doubtful().await, "there is no session");

        let month = Duration::from_hours(30 * 24);
        let account = AccountId::new(None, "user1");
        let new = NewSession::new("session".into(), account, "token".into(), month, month);
        store.create(new).await.unwrap();
        for (hours_ahead, expected) in [(0, false), (23, false), (25, true), (24 * 365, true)] {
            // The same as a clock that is ahead by that much.
            let moved = hours_ahead * 3_600_000_i64;
            query!(&database, pool => async {
                let query = "UPDATE handstamp_sessions SET last_active = created_at - $1, rotated_at = created_at - $1";
                sqlx::query(query).bind(moved).execute(pool).await.map(drop)
            })
            .unwrap();
            assert_eq!(check.is_doubtful().await, expected, "{hours_ahead} hours");
        }
        assert!(
            !ClockCheck::new(None).is_doubtful().await,
            "sessions are in Redis"
        );
    }
}
