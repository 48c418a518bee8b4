//! The rule of every limit: the generic cell rate algorithm.

use std::time::Duration;

/// How many requests may come, and in which time: [`requests`](Self::requests) of them at once, and
/// then one in each share of the [`window`](Self::window).
///
/// It is a bucket that holds so many requests and fills again at a steady rate (the [generic cell
/// rate algorithm](https://en.wikipedia.org/wiki/Generic_cell_rate_algorithm)). In no window are
/// more than twice as many let through, and over a long time no more than the quota.
///
/// ```
/// use std::time::Duration;
///
/// use handstamp::limit::Quota;
///
/// let log_ins = Quota::new(10, Duration::from_secs(900)); // ten at once, then one in 90 seconds
/// assert_eq!(Quota::per_minute(60), Quota::new(60, Duration::from_secs(60)));
/// # let _ = log_ins;
/// ```
///
/// A store keeps one number for each bucket: the instant at which it is full again, in
/// microseconds since 1970. A bucket without an entry is full.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Quota {
    requests: u32,
    window: Duration,
}

impl Quota {
    /// Creates a quota. [`RateLimits`](super::RateLimits) refuses one of no requests, and one whose
    /// window is not between a millisecond and a year.
    #[must_use]
    pub const fn new(requests: u32, window: Duration) -> Self {
        Self { requests, window }
    }

    /// Creates a quota for each second.
    #[must_use]
    pub const fn per_second(requests: u32) -> Self {
        Self::new(requests, Duration::from_secs(1))
    }

    /// Creates a quota for each minute.
    #[must_use]
    pub const fn per_minute(requests: u32) -> Self {
        Self::new(requests, Duration::from_secs(60))
    }

    /// Creates a quota for each hour.
    #[must_use]
    pub const fn per_hour(requests: u32) -> Self {
        Self::new(requests, Duration::from_secs(3600))
    }

    /// Returns how many requests a full bucket holds.
    #[must_use]
    pub const fn requests(self) -> u32 {
        self.requests
    }

    /// Returns the time in which an empty bucket is full again.
    #[must_use]
    pub const fn window(self) -> Duration {
        self.window
    }

    /// Returns the time in which a bucket gains one request, in microseconds.
    #[must_use]
    pub fn interval(self) -> u64 {
        let window = u64::try_from(self.window.as_micros()).unwrap_or(u64::MAX);
        window.div_ceil(self.requests.max(1).into()).max(1)
    }

    /// Returns the time in which an empty bucket is full again, in microseconds: a whole number of
    /// intervals.
    #[must_use]
    pub fn capacity(self) -> u64 {
        self.interval().saturating_mul(self.requests.into())
    }

    /// Takes a request from a bucket that is full at this instant, in microseconds, and returns
    /// when it is full afterwards; or returns how long it takes until it holds a request again.
    ///
    /// Lenient: a bucket that is emptier than empty by more than [`skew`](Self::skew) holds one
    /// request, and is then empty. Its last charge was made while the clock was ahead, and the wait
    /// would be as long as the clock was wrong. Risk: one request for each time that the clock is
    /// set back. Covered: clients do not set it, and no bucket is charged by two quotas.
    ///
    /// # Errors
    /// Returns the time to wait if the bucket is empty.
    pub fn charge(self, full_at: u64, now: u64) -> Result<u64, Duration> {
        let empty = now.saturating_add(self.capacity());
        if full_at > empty.saturating_add(self.skew()) {
            return Ok(empty);
        }
        let after = full_at.max(now).saturating_add(self.interval());
        if after <= empty {
            Ok(after)
        } else {
            Err(Duration::from_micros(after - empty))
        }
    }

    /// Gives a request back to a bucket that is full at this instant, in microseconds, and returns
    /// when it is full afterwards. If that has passed, it is full now: a bucket gains nothing more.
    #[must_use]
    pub fn refund(self, full_at: u64) -> u64 {
        full_at.saturating_sub(self.interval())
    }

    /// Returns how many requests a bucket holds that is full at this instant.
    #[must_use]
    pub(super) fn remaining(self, full_at: u64, now: u64) -> u64 {
        let used = full_at.saturating_sub(now);
        self.capacity().saturating_sub(used) / self.interval()
    }

    /// Returns the time until a bucket holds one request more, in microseconds.
    pub(super) fn next_in(self, full_at: u64, now: u64) -> u64 {
        let used = full_at.saturating_sub(now);
        let part = used % self.interval();
        if part == 0 {
            used.min(self.interval())
        } else {
            part
        }
    }

    /// Returns what is wrong with it.
    pub(super) fn problem(self) -> Option<&'static str> {
        if self.requests == 0 {
            Some("it lets no request through: name at least one")
        } else if self.window < Duration::from_millis(1) {
            Some("its window is shorter than a millisecond")
        } else if self.window > LONGEST {
            Some("its window is longer than a year")
        } else if u128::from(self.requests) > self.window.as_micros() {
            Some("it lets more than one request through in a microsecond")
        } else {
            None
        }
    }

    /// Returns by how much a clock may go back before buckets that were charged by it are taken
    /// for those of a clock that was wrong, in microseconds: the window, and at most a minute.
    #[must_use]
    pub fn skew(self) -> u64 {
        self.capacity().min(60_000_000)
    }
}

const LONGEST: Duration = Duration::from_secs(366 * 24 * 3600);
