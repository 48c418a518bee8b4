//! The clock, an argument of the library, so that tests move time without sleeping.

use std::time::{Duration, SystemTime};

/// A point in time: the time since 1970-01-01T00:00:00Z, without leap seconds.
///
/// ```
/// use handstamp::clock::UnixTime;
///
/// assert_eq!(UnixTime::from_secs(1_700_000_000).as_secs(), 1_700_000_000);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnixTime(Duration);

impl UnixTime {
    /// Returns the point this many whole seconds after the epoch.
    #[must_use]
    pub const fn from_secs(secs: u64) -> Self {
        Self(Duration::from_secs(secs))
    }

    /// Returns the whole seconds since the epoch, rounded down: the `NumericDate` of RFC 7519,
    /// section 2.
    #[must_use]
    pub const fn as_secs(self) -> u64 {
        self.0.as_secs()
    }

    /// Returns the point this many whole milliseconds after the epoch.
    #[must_use]
    pub const fn from_millis(millis: u64) -> Self {
        Self(Duration::from_millis(millis))
    }

    /// Returns the whole milliseconds since the epoch, rounded down.
    #[must_use]
    pub fn as_millis(self) -> u64 {
        u64::try_from(self.0.as_millis()).unwrap_or(u64::MAX)
    }

    /// Returns the whole microseconds since the epoch, rounded down.
    pub(crate) fn as_micros(self) -> u64 {
        u64::try_from(self.0.as_micros()).unwrap_or(u64::MAX)
    }

    /// Returns how much later this point is than `earlier`, or zero if it is not later.
    #[must_use]
    pub const fn saturating_since(self, earlier: Self) -> Duration {
        self.0.saturating_sub(earlier.0)
    }

    /// Returns this point plus a duration, saturating at the latest point.
    #[must_use]
    pub const fn saturating_add(self, span: Duration) -> Self {
        Self(self.0.saturating_add(span))
    }
}

/// The largest difference between two clocks that is tolerated: any two nodes of a service, and the
/// store, may be this far apart.
///
/// A token may therefore be issued this long in the future, and a token without a session that was
/// issued up to this long after a revocation may be from before it.
pub(crate) const CLOCK_SKEW: Duration = Duration::from_secs(30);

/// A source of the current time. The default is [`SystemClock`].
///
/// ```
/// use handstamp::clock::{Clock, UnixTime};
///
/// #[derive(Debug)]
/// struct Noon;
/// impl Clock for Noon {
///     fn now(&self) -> UnixTime { UnixTime::from_secs(43_200) }
/// }
/// assert_eq!(Noon.now().as_secs(), 43_200);
/// ```
pub trait Clock: std::fmt::Debug + Send + Sync {
    /// Returns the current time.
    fn now(&self) -> UnixTime;
}

/// The clock of the operating system.
#[derive(Debug, Clone, Copy, Default)]
#[non_exhaustive]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> UnixTime {
        // A clock before 1970 reads as 1970: every token is then issued "in the future" and
        // rejected.
        UnixTime(
            SystemTime::now()
                .duration_since(SystemTime::UNIX_EPOCH)
                .unwrap_or_default(),
        )
    }
}
