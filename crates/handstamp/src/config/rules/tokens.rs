//! Rules about lifetimes and claims of tokens.

use std::time::Duration;

use super::lifetime::check_lifetime;
use crate::{
    claims::registered::REGISTERED,
    config::{
        parse::duration::{format_duration, minutes},
        report::Report,
        settings::Settings,
    },
};

pub(super) fn check(settings: &Settings, report: &mut Report) {
    for (key, lifetime) in [
        ("JWT_ACCESS_TOKEN_EXPIRES", settings.access_token_expires),
        ("JWT_REFRESH_TOKEN_EXPIRES", settings.refresh_token_expires),
    ] {
        check_lifetime(key, lifetime, report);
    }
    check_order(settings, report);
    if settings.decode_leeway > LONGEST_LEEWAY {
        report.problem(
            "JWT_DECODE_LEEWAY",
            Some(&format_duration(settings.decode_leeway)),
            "tokens would live on after their end; leeway is for clocks that differ by seconds",
            "Use 1h or less, and longer lifetimes if those are meant",
        );
    } else if settings.decode_leeway > LONGEST_USUAL_LEEWAY {
        report.warn(format!(
            "JWT_DECODE_LEEWAY: every token lives {} longer than it says",
            format_duration(settings.decode_leeway)
        ));
    }
    for (key, audience) in [
        ("JWT_ENCODE_AUDIENCE", &settings.encode_audience),
        ("JWT_DECODE_AUDIENCE", &settings.decode_audience),
    ] {
        if report.is_given(key) && report.is_sound(key) && audience.is_empty() {
            report.problem(key, None, "an empty list", "Remove it");
        }
    }
    if settings.identity_claim != "sub" && REGISTERED.contains(&settings.identity_claim.as_str()) {
        report.problem(
            "JWT_IDENTITY_CLAIM",
            Some(&settings.identity_claim),
            "this claim has a meaning of its own",
            "Use \"sub\" or a name of your own",
        );
    }
}

/// Checks that refresh tokens outlive access tokens.
fn check_order(settings: &Settings, report: &mut Report) {
    const ACCESS: &str = "JWT_ACCESS_TOKEN_EXPIRES";
    const REFRESH: &str = "JWT_REFRESH_TOKEN_EXPIRES";
    if settings.access_token_expires <= settings.refresh_token_expires
        || !report.is_sound(ACCESS)
        || !report.is_sound(REFRESH)
    {
        return;
    }
    let access = format_duration(settings.access_token_expires);
    let refresh = format_duration(settings.refresh_token_expires);
    if report.is_given(ACCESS) {
        report.problem(
            ACCESS,
            Some(&access),
            format!("longer than {REFRESH}, {refresh}"),
            "Make it shorter",
        );
    } else {
        report.problem(
            REFRESH,
            Some(&refresh),
            format!("shorter than {ACCESS}, {access}"),
            "Make it longer",
        );
    }
}

const LONGEST_LEEWAY: Duration = Duration::from_secs(60 * 60);
const LONGEST_USUAL_LEEWAY: Duration = minutes(5);
