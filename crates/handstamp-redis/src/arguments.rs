//! Formats the arguments of scripts.
//!
//! Takes values of the core and returns text that scripts convert to numbers exactly.

use std::time::Duration;

use handstamp::clock::UnixTime;
use handstamp::store::PresentedToken;

use crate::failure::Failure;

pub(crate) fn presented(presented: &PresentedToken) -> Result<[String; 4], Failure> {
    Ok([
        presented.token.as_str().to_owned(),
        presented.successor.as_str().to_owned(),
        whole(presented.generation)?,
        millis(presented.grace),
    ])
}

pub(crate) fn flag(set: bool) -> String {
    String::from(if set { "1" } else { "0" })
}

/// Formats a number that must be exact.
///
/// # Errors
/// Returns an error for a number that Lua cannot represent exactly.
pub(crate) fn whole(number: u64) -> Result<String, Failure> {
    if number > 1 << 53 {
        return Err(Failure::TooLarge("a generation"));
    }
    Ok(number.to_string())
}

/// Formats a number of sessions, and saturates far above any.
pub(crate) fn count(sessions: usize) -> String {
    sessions.min(MOST_SESSIONS).to_string()
}

pub(crate) fn instant(instant: UnixTime) -> String {
    instant.as_millis().min(LARGEST).to_string()
}

/// Formats a duration in milliseconds, with a fraction if it has one: a grace of 1.5 ms is more
/// than 1 ms.
pub(crate) fn millis(span: Duration) -> String {
    let whole = span.as_millis();
    if whole >= LARGEST.into() {
        return LARGEST.to_string();
    }
    match span.subsec_nanos() % 1_000_000 {
        0 => whole.to_string(),
        rest => format!("{whole}.{rest:06}"),
    }
}

/// The number of entries that one index can have.
const MOST_SESSIONS: usize = u32::MAX as usize;
/// The largest integer that a script represents exactly. As an instant it means never.
const LARGEST: u64 = (1 << 53) - 1;

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::millis;

    #[test]
    fn spans_are_exact() {
        for (row, span, expected) in [
            ("none", Duration::ZERO, "0"),
            ("whole milliseconds", Duration::from_millis(1_001), "1001"),
            ("less than one", Duration::from_nanos(1), "0.000001"),
            ("more than one", Duration::from_micros(1_500), "1.500000"),
            ("for ever", Duration::MAX, "9007199254740991"),
        ] {
            assert_eq!(millis(span), expected, "{row}");
        }
    }
}
