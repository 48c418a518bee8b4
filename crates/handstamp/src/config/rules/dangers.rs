//! Reports each weakening that was allowed when the service starts.

use crate::config::{report::Report, settings::Settings};

pub(super) fn check(settings: &Settings, report: &mut Report) {
    for (key, allowed, consequence) in [
        (
            "HANDSTAMP_DANGER_SHORT_SECRET",
            settings.danger_short_secret,
            "short secrets can be guessed from a single token",
        ),
        (
            "HANDSTAMP_DANGER_SCRIPT_READABLE_COOKIES",
            settings.danger_script_readable_cookies,
            "any script on the page can take the tokens away",
        ),
        (
            "HANDSTAMP_DANGER_NO_CSRF",
            settings.danger_no_csrf,
            "other sites can send requests with your visitors' cookies",
        ),
    ] {
        if allowed {
            report.warn(format!("{key} is on: {consequence}"));
        }
    }
}
