//! A clock that tests move, so that they need not wait.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use handstamp_axum::handstamp::clock::{Clock, SystemClock, UnixTime};

/// The clock of a service and its store.
#[derive(Debug, Clone, Default)]
pub(crate) struct MovedClock {
    ahead: Arc<AtomicU64>,
}

impl MovedClock {
    pub(crate) fn forward(&self, seconds: u64) {
        self.ahead.fetch_add(seconds, Ordering::SeqCst);
    }
}

impl Clock for MovedClock {
    fn now(&self) -> UnixTime {
        let ahead = Duration::from_secs(self.ahead.load(Ordering::SeqCst));
        SystemClock::default().now().saturating_add(ahead)
    }
}
