//! Times of records, as RFC 3339 writes them.

use handstamp_axum::handstamp::clock::UnixTime;

/// Returns the time in UTC with milliseconds, as `2026-01-31T08:15:00.250Z`
/// ([RFC 3339, section 5.6](https://www.rfc-editor.org/rfc/rfc3339#section-5.6)).
pub(super) fn rfc3339(time: UnixTime) -> String {
    let millis = time.as_millis();
    let (days, of_day) = (millis / A_DAY, millis % A_DAY);
    let (year, month, day) = date(days);
    let (hour, minute) = (of_day / 3_600_000, of_day / 60_000 % 60);
    let (second, milli) = (of_day / 1_000 % 60, of_day % 1_000);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{milli:03}Z")
}

/// Returns the date of a day since 1970. Years are counted from March, so that the day that leap
/// years add is their last one.
fn date(days: u64) -> (u64, u64, u64) {
    // Days since the first of March of the year 0.
    let days = days + 719_468;
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 {
        from_march + 3
    } else {
        from_march - 9
    };
    (era * 400 + year_of_era + u64::from(month <= 2), month, day)
}

const A_DAY: u64 = 86_400_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_as_in_the_rfc() {
        for (name, seconds, expected) in [
            ("the epoch", 0, "1970-01-01T00:00:00.000Z"),
            ("a leap day", 951_782_400, "2000-02-29T00:00:00.000Z"),
            ("the day after", 951_868_800, "2000-03-01T00:00:00.000Z"),
            (
                "an end of a year",
                1_798_761_599,
                "2026-12-31T23:59:59.000Z",
            ),
            (
                "a leap day of 2024",
                1_709_251_199,
                "2024-02-29T23:59:59.000Z",
            ),
            (
                "a year without one",
                4_107_542_400,
                "2100-03-01T00:00:00.000Z",
            ),
        ] {
            assert_eq!(rfc3339(UnixTime::from_secs(seconds)), expected, "{name}");
        }
    }
}
