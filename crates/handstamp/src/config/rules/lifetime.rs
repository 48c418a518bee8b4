//! How long anything may live.

use std::time::Duration;

use crate::config::{
    parse::duration::{days, format_duration},
    report::Report,
};

/// Checks how long a token or session lives: some time, and not for ever.
pub(super) fn check_lifetime(key: &'static str, span: Duration, report: &mut Report) {
    let reason = if span < Duration::from_secs(1) {
        "shorter than a second"
    } else if span > LONGEST_LIFE {
        "longer than ten years"
    } else {
        return;
    };
    report.problem(
        key,
        Some(&format_duration(span)),
        reason,
        "Use something like 15m or 20d",
    );
}

/// Past ten years a lifetime is a slip of the unit.
pub(crate) const LONGEST_LIFE: Duration = days(3650);
