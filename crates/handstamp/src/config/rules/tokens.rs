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
    check_own_tokens(settings, report);
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
    let audiences: usize = settings.encode_audience.iter().map(String::len).sum();
    if audiences > LONGEST_AUDIENCES {
        report.problem(
            "JWT_ENCODE_AUDIENCE",
            None,
            format!("{audiences} bytes, which every token would carry, and cookies hold 4096"),
            "Use fewer or shorter ones",
        );
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

/// Warns of a service that refuses the tokens that it makes itself: its log-in succeeds, and the
/// next request does not. One that only verifies those of another service may ignore it.
fn check_own_tokens(settings: &Settings, report: &mut Report) {
    if !settings.algorithm.is_hmac() && settings.private_key.is_none() {
        return;
    }
    let (asked, written) = (&settings.decode_audience, &settings.encode_audience);
    if !asked.is_empty() && !written.iter().any(|audience| asked.contains(audience)) {
        report.warn(
            "JWT_DECODE_AUDIENCE: this service refuses the tokens that it makes itself, because \
             JWT_ENCODE_AUDIENCE has none of these audiences",
        );
    }
    if settings.decode_issuer.is_some() && settings.decode_issuer != settings.encode_issuer {
        report.warn(
            "JWT_DECODE_ISSUER: this service refuses the tokens that it makes itself, because \
             JWT_ENCODE_ISSUER is not the same",
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

/// In bytes: half of what a cookie holds, once it is base64.
const LONGEST_AUDIENCES: usize = 1536;
const LONGEST_LEEWAY: Duration = Duration::from_secs(60 * 60);
const LONGEST_USUAL_LEEWAY: Duration = minutes(5);
