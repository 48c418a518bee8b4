//! A limit on lines of the log that clients can cause.
//!
//! It takes the time and says whether a line is due. It writes none.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::clock::UnixTime;

/// So many lines at once, then one in each interval (the [generic cell rate
/// algorithm](https://en.wikipedia.org/wiki/Generic_cell_rate_algorithm)).
pub(crate) struct LogLimit {
    lines: u64,
    interval: u64,
    /// When all lines are available again, in milliseconds.
    full_at: AtomicU64,
    left_out: AtomicU64,
}

impl LogLimit {
    pub(crate) fn new(lines: u64, interval: Duration) -> Self {
        Self {
            lines,
            interval: UnixTime::from_secs(0).saturating_add(interval).as_millis(),
            full_at: AtomicU64::new(0),
            left_out: AtomicU64::new(0),
        }
    }

    /// Returns how many lines were left out since the last one, if a line is due. Otherwise it is
    /// counted as left out.
    pub(crate) fn take(&self, now: UnixTime) -> Option<u64> {
        let now = now.as_millis();
        let charge = |full_at: u64| {
            // A clock that was set back gives all lines again.
            let ahead = full_at.saturating_sub(now);
            let used = if ahead > self.lines * self.interval {
                0
            } else {
                ahead
            };
            let used = used + self.interval;
            (used <= self.lines * self.interval).then_some(now + used)
        };
        let full_at = &self.full_at;
        if full_at
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, charge)
            .is_ok()
        {
            Some(self.left_out.swap(0, Ordering::Relaxed))
        } else {
            self.left_out.fetch_add(1, Ordering::Relaxed);
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::LogLimit;
    use crate::clock::UnixTime;

    #[test]
    fn lines_are_due_again_with_time() {
        let limit = LogLimit::new(2, Duration::from_secs(60));
        // (what happens, the second, what is returned)
        let rows = [
            ("the first line", 1_000, Some(0)),
            ("the second, at once", 1_000, Some(0)),
            ("a third is too many", 1_000, None),
            ("a fourth as well", 1_059, None),
            (
                "a minute later one is due, and counts the others",
                1_060,
                Some(2),
            ),
            ("and only one", 1_060, None),
            ("after a long time two are due", 9_000, Some(1)),
            ("the second", 9_000, Some(0)),
            ("a third is too many again", 9_000, None),
            ("the clock was set back", 1_000, Some(1)),
            ("and runs on", 1_001, Some(0)),
            ("with the same limit", 1_002, None),
        ];
        for (sentence, at, expected) in rows {
            assert_eq!(limit.take(UnixTime::from_secs(at)), expected, "{sentence}");
        }
    }
}
