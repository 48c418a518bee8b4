//! Converts numbers for databases, which keep signed 64-bit integers. Instants and durations are in
//! whole milliseconds.

use std::time::Duration;

use handstamp::clock::UnixTime;
use handstamp::error::StoreError;

/// Converts a generation.
///
/// # Errors
/// Returns a [`StoreError`] for a generation that no session reaches.
pub(crate) fn generation(number: u64) -> Result<i64, StoreError> {
    number.try_into().map_err(StoreError::new)
}

/// Converts a number of sessions, and saturates far above any.
pub(crate) fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX).min(LONGEST)
}

pub(crate) fn instant(millis: i64) -> UnixTime {
    UnixTime::from_millis(millis.try_into().unwrap_or_default())
}

/// Converts an instant, and saturates at the largest number.
pub(crate) fn millis(at: UnixTime) -> i64 {
    at.as_millis().try_into().unwrap_or(i64::MAX)
}

/// Converts a duration that is an upper limit, and rounds down.
pub(crate) fn at_most(span: Duration) -> i64 {
    i64::try_from(span.as_millis())
        .unwrap_or(i64::MAX)
        .min(LONGEST)
}

/// Converts a duration that is a lower limit, and rounds up.
pub(crate) fn at_least(span: Duration) -> i64 {
    at_most(span.saturating_add(Duration::from_nanos(999_999)))
}

/// Converts a duration of a rate limit, in microseconds.
#[cfg(feature = "postgres")]
pub(crate) fn microseconds(span: u64) -> i64 {
    i64::try_from(span).unwrap_or(i64::MAX).min(LONGEST)
}

/// A hundred million years: the sum of now and two of these does not overflow.
const LONGEST: i64 = i64::MAX / 4;

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use handstamp::clock::UnixTime;

    use super::{at_least, at_most, instant, millis};

    #[test]
    fn spans_are_whole_milliseconds() {
        // (what it is, nanoseconds, at most, at least)
        let rows = [
            ("nothing", 0, 0, 0),
            ("less than a millisecond", 1, 0, 1),
            ("one", 1_000_000, 1, 1),
            ("a little more than one", 1_000_001, 1, 2),
        ];
        for (sentence, nanos, most, least) in rows {
            let span = Duration::from_nanos(nanos);
            assert_eq!((at_most(span), at_least(span)), (most, least), "{sentence}");
        }
    }

    #[test]
    fn the_longest_duration_can_be_added_to_now() {
        let now = millis(UnixTime::from_secs(1_700_000_000));
        let forever = at_least(Duration::MAX);
        assert!(now.checked_add(forever).is_some_and(|end| end > now));
        assert_eq!(millis(UnixTime::from_secs(u64::MAX)), i64::MAX);
        assert_eq!(instant(-1), UnixTime::from_secs(0));
    }
}
