//! Parses durations from text, and creates them in code.

use std::time::Duration;

use super::{FromText, Invalid};

/// Returns a duration of this many minutes, saturating at the largest one.
///
/// ```
/// assert_eq!(handstamp::minutes(15).as_secs(), 900);
/// ```
#[must_use]
pub const fn minutes(minutes: u64) -> Duration {
    Duration::from_secs(minutes.saturating_mul(60))
}

/// Returns a duration of this many days of 24 hours, saturating at the largest one.
///
/// ```
/// assert_eq!(handstamp::days(30).as_secs(), 2_592_000);
/// ```
#[must_use]
pub const fn days(days: u64) -> Duration {
    Duration::from_secs(days.saturating_mul(86_400))
}

/// Formats a duration in its shortest form for the environment: `20d`, not `1728000s`.
pub(in crate::config) fn format_duration(span: Duration) -> String {
    let seconds = span.as_secs();
    if span.subsec_nanos() != 0 {
        return format!("{span:?}");
    }
    let of = |unit| (seconds != 0 && seconds.is_multiple_of(unit)).then_some(seconds / unit);
    match (of(86_400), of(3600), of(60)) {
        (Some(days), ..) => format!("{days}d"),
        (_, Some(hours), _) => format!("{hours}h"),
        (.., Some(minutes)) => format!("{minutes}m"),
        _ => format!("{seconds}s"),
    }
}

impl FromText for Duration {
    fn from_text(text: &str) -> Result<Self, Invalid> {
        seconds(text).map(Self::from_secs).ok_or_else(|| {
            Invalid::new(
                "not a duration",
                "Use seconds (900) or a form like 15m, 1h30m, 20d, PT15M, P20D",
            )
        })
    }
}

/// Parses whole seconds, or numbers with units from large to small, or an ISO 8601 duration.
fn seconds(text: &str) -> Option<u64> {
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        return text.parse().ok();
    }
    let Some(iso) = text.strip_prefix('P') else {
        return sum(text, &[('d', 86_400), ('h', 3600), ('m', 60), ('s', 1)]);
    };
    let date = [('D', 86_400)];
    let time = [('H', 3600), ('M', 60), ('S', 1)];
    match iso.split_once('T') {
        None => sum(iso, &date),
        Some(("", after)) => sum(after, &time),
        Some((before, after)) => sum(before, &date)?.checked_add(sum(after, &time)?),
    }
}

/// Sums one or more pairs of number and unit. Each unit is used once at most, larger ones first.
fn sum(text: &str, units: &[(char, u64)]) -> Option<u64> {
    let mut units = units.iter();
    let mut rest = text;
    let mut total: u64 = 0;
    loop {
        let (number, tail) = rest.split_at(rest.find(|c: char| !c.is_ascii_digit())?);
        let unit = tail.chars().next()?;
        let (_, in_seconds) = units.find(|(name, _)| *name == unit)?;
        total = number
            .parse::<u64>()
            .ok()?
            .checked_mul(*in_seconds)?
            .checked_add(total)?;
        rest = tail.strip_prefix(unit)?;
        if rest.is_empty() {
            return Some(total);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::seconds;

    #[test]
    fn forms() {
        let rows = [
            ("0", Some(0)),
            ("900", Some(900)),
            ("15m", Some(900)),
            ("90s", Some(90)),
            ("1h30m", Some(5400)),
            ("20d", Some(1_728_000)),
            ("1d1h1m1s", Some(90_061)),
            ("PT15M", Some(900)),
            ("P20D", Some(1_728_000)),
            ("PT1H30M", Some(5400)),
            ("P1DT12H", Some(129_600)),
            ("18446744073709551615", Some(u64::MAX)),
            ("18446744073709551616", None),
            ("18446744073709551615m", None),
            ("18446744073709551615s1s", None),
            ("18446744073709551615m16s", None),
            ("213503982334601d18446744073709551615s", None),
            ("", None),
            ("P", None),
            ("PT", None),
            ("P1DT", None),
            ("P1M", None),
            ("P1Y", None),
            ("-1", None),
            ("+1", None),
            ("-P1D", None),
            ("1.5h", None),
            ("PT0.5S", None),
            ("15 m", None),
            (" 15m", None),
            ("15M", None),
            ("15x", None),
            ("m", None),
            ("15m1h", None),
            ("1m1m", None),
            ("15m30", None),
            ("00:15:00", None),
            ("1é", None),
            ("٣", None),
        ];
        for (text, expected) in rows {
            assert_eq!(seconds(text), expected, "{text:?}");
        }
    }
}
