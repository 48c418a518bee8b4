//! The current time, and the form in which the database keeps times.

use handstamp_axum::handstamp::clock::{Clock as _, SystemClock, UnixTime};

pub(crate) fn now() -> UnixTime {
    SystemClock::default().now()
}

/// Returns whole seconds since 1970.
pub(crate) fn seconds(time: UnixTime) -> i64 {
    i64::try_from(time.as_secs()).unwrap_or(i64::MAX)
}

/// Returns whole milliseconds since 1970.
pub(crate) fn milliseconds(time: UnixTime) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
}
