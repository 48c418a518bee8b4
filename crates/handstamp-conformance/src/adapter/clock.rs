//! A clock that a row moves.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use handstamp::clock::{Clock, UnixTime};

/// Shows the time it was set to. Clones are moved together.
#[derive(Debug, Clone)]
pub(super) struct ManualClock(Arc<AtomicU64>);

impl Default for ManualClock {
    fn default() -> Self {
        Self(Arc::new(AtomicU64::new(START)))
    }
}

impl ManualClock {
    pub(super) fn advance(&self, seconds: u64) {
        self.0.fetch_add(seconds, Ordering::Relaxed);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> UnixTime {
        UnixTime::from_secs(self.0.load(Ordering::Relaxed))
    }
}

const START: u64 = 1_700_000_000;
