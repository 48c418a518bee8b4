//! Rules about the renewal of access tokens.

use super::lifetime::check_lifetime;
use crate::config::{parse::duration::format_duration, report::Report, settings::Settings};

pub(super) fn check(settings: &Settings, report: &mut Report) {
    const DELTA: &str = "JWT_IMPLICIT_REFRESH_DELTATIME";
    const IDLE: &str = "HANDSTAMP_SESSION_IDLE";
    if !report.is_given(DELTA) || !report.is_sound(DELTA) {
        return;
    }
    let delta = settings.implicit_refresh_deltatime;
    check_lifetime(DELTA, delta, report);
    if delta >= settings.access_token_expires {
        report.warn(format!(
            "{DELTA}={}: no access token has more time left (JWT_ACCESS_TOKEN_EXPIRES={}); each is renewed when half \
             of its life is over",
            format_duration(delta),
            format_duration(settings.access_token_expires)
        ));
    }
    if report.is_given(IDLE) {
        report.warn(format!(
            "{DELTA} and {IDLE}: implicit refresh renews access tokens, and only an explicit refresh moves the end of a \
             session. A page that never calls it is logged out after {IDLE}, however active its user is"
        ));
    }
}
