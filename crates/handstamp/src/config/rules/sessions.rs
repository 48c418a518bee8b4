//! Rules about the lifetime of sessions and the timeout of the store.

use std::time::Duration;

use super::lifetime::check_lifetime;
use crate::config::{parse::duration::format_duration, report::Report, settings::Settings};

pub(super) fn check(settings: &Settings, report: &mut Report) {
    if let Some(idle) = settings.session_idle {
        check_lifetime("HANDSTAMP_SESSION_IDLE", idle, report);
    }
    check_lifetime(
        "HANDSTAMP_SESSION_ABSOLUTE",
        settings.session_absolute,
        report,
    );
    if let Some(idle) = settings.session_idle
        && idle > settings.session_absolute
    {
        report.warn(format!(
            "HANDSTAMP_SESSION_IDLE: no session lives longer than HANDSTAMP_SESSION_ABSOLUTE={}",
            format_duration(settings.session_absolute)
        ));
    }
    let shortest = settings
        .access_token_expires
        .saturating_mul(2)
        .saturating_add(settings.refresh_grace);
    if let Some(idle) = settings.session_idle
        && idle < shortest
    {
        report.warn(format!(
            "HANDSTAMP_SESSION_IDLE={}: an active user may be logged out; use at least {}",
            format_duration(idle),
            format_duration(shortest)
        ));
    }
    if settings.refresh_grace > LONGEST_GRACE {
        report.problem(
            "HANDSTAMP_REFRESH_GRACE",
            Some(&format_duration(settings.refresh_grace)),
            "longer than 300 seconds: a stolen token would be good for that long",
            "Use 10s",
        );
    }
    if !(1..=MOST_SESSIONS).contains(&settings.sessions_per_user) {
        report.problem(
            "HANDSTAMP_SESSIONS_PER_USER",
            Some(&settings.sessions_per_user.to_string()),
            "not between 1 and 1000: each log-in of a user with so many compares them all",
            "Use 100",
        );
    }
    if settings.store_timeout.is_zero() {
        report.problem(
            "HANDSTAMP_STORE_TIMEOUT",
            Some("0s"),
            "no store answers at once",
            "Use 2s",
        );
    } else if settings.store_timeout > LONGEST_TIMEOUT {
        report.problem(
            "HANDSTAMP_STORE_TIMEOUT",
            Some(&format_duration(settings.store_timeout)),
            "while the store is down, each request would wait for longer than a minute",
            "Use 2s",
        );
    }
}

/// A store compares so many within a few milliseconds.
const MOST_SESSIONS: usize = 1000;
const LONGEST_TIMEOUT: Duration = Duration::from_secs(60);
const LONGEST_GRACE: Duration = Duration::from_secs(300);
