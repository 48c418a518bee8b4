//! A clock that the test moves.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::clock::{Clock, SystemClock, UnixTime};

/// A clock that stands still until the test moves it. Clones show the same time, so one goes to
/// [`AuthBuilder::with_clock`](crate::AuthBuilder::with_clock), one to
/// [`MemoryStore::with_clock`](crate::store::MemoryStore::with_clock), and one to
/// [`Browser::with_clock`](super::Browser::with_clock).
///
/// ```
/// use handstamp::store::MemoryStore;
/// use handstamp::testing::TestClock;
/// use handstamp::{Auth, Config, minutes};
///
/// # let config = Config::builder().secret_key([7; 32].as_slice()).build()?;
/// let clock = TestClock::new();
/// let auth = Auth::builder(config)
///     .store(MemoryStore::with_clock(clock.clone()))
///     .with_clock(clock.clone())
///     .build()?;
/// clock.advance(minutes(16)); // an access token from before has expired
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// A database has a clock of its own, which this one does not move. Time-outs, such as
/// `HANDSTAMP_STORE_TIMEOUT`, pass in real time.
#[derive(Debug, Clone)]
pub struct TestClock(Arc<AtomicU64>);

impl TestClock {
    /// Creates a clock that shows the time of the system as it is now.
    #[must_use]
    pub fn new() -> Self {
        Self::at(SystemClock.now())
    }

    /// Creates a clock that shows this time, in whole milliseconds.
    #[must_use]
    pub fn at(time: UnixTime) -> Self {
        Self(Arc::new(AtomicU64::new(time.as_millis())))
    }

    /// Moves the clock forward.
    pub fn advance(&self, span: Duration) {
        let millis = u64::try_from(span.as_millis()).unwrap_or(u64::MAX);
        let add = |now: u64| Some(now.saturating_add(millis));
        // The closure always returns a time, so the update never fails.
        let _ = self
            .0
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, add);
    }

    /// Sets the clock, also to an earlier time.
    pub fn set(&self, time: UnixTime) {
        self.0.store(time.as_millis(), Ordering::Relaxed);
    }
}

impl Default for TestClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for TestClock {
    fn now(&self) -> UnixTime {
        UnixTime::from_millis(self.0.load(Ordering::Relaxed))
    }
}
