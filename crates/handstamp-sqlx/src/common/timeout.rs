//! How long a method waits for its database, which is a setting of the application.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// `HANDSTAMP_STORE_TIMEOUT`, once the application has told it.
#[derive(Default)]
pub(crate) struct StoreTimeout {
    /// Zero for unknown.
    millis: AtomicU64,
}

impl StoreTimeout {
    /// Of several, the longest counts.
    pub(crate) fn set(&self, timeout: Duration) {
        let millis = u64::try_from(timeout.as_millis()).unwrap_or(u64::MAX);
        self.millis.fetch_max(millis, Ordering::Relaxed);
    }

    pub(crate) fn or(&self, unknown: Duration) -> Duration {
        match self.millis.load(Ordering::Relaxed) {
            0 => unknown,
            millis => Duration::from_millis(millis),
        }
    }
}
