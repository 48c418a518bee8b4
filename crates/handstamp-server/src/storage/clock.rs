//! The time now, and as databases keep it.

use handstamp_axum::handstamp::clock::{Clock as _, SystemClock, UnixTime};

pub(crate) fn now() -> UnixTime {
    SystemClock::default().now()
}

/// Whole seconds since 1970.
pub(crate) fn seconds(time: UnixTime) -> i64 {
    i64::try_from(time.as_secs()).unwrap_or(i64::MAX)
}
