//! Rules about the attributes of cookies.

use std::time::Duration;

use crate::{
    config::{parse::duration::format_duration, report::Report, settings::Settings},
    cookie::LONGEST_MAX_AGE,
};

/// Checks the attributes alone, without the names.
pub(super) fn check(settings: &Settings, report: &mut Report) {
    if !settings.cookie_http_only && !settings.danger_script_readable_cookies {
        report.problem(
            "JWT_COOKIE_HTTP_ONLY",
            Some("false"),
            "any script on the page could take the tokens away",
            "Remove it. The CSRF value is in a cookie of its own, which scripts can read",
        );
    }
    if !settings.cookie_secure {
        check_insecure(settings, report);
    }
    check_lifetime(settings, report);
    if let Some(domain) = &settings.cookie_domain
        && domain.is_probably_public_suffix()
    {
        report.warn(format!(
            "JWT_COOKIE_DOMAIN={domain}: anyone can have a site below this domain, so browsers ignore cookies for \
             it, and no user stays logged in. Use the domain of your own site, or remove it"
        ));
    }
    if let (Some(domain), Some(origin)) = (&settings.cookie_domain, &settings.public_origin)
        && !origin.domain_matches(domain.as_str())
    {
        report.problem(
            "JWT_COOKIE_DOMAIN",
            Some(domain.as_str()),
            format!("browsers at {origin} refuse cookies for this domain"),
            "Use the origin's host or a domain above it, or remove it",
        );
    }
}

fn check_lifetime(settings: &Settings, report: &mut Report) {
    const KEY: &str = "JWT_COOKIE_MAX_AGE";
    let Some(span) = settings.cookie_max_age else {
        return;
    };
    if span > LONGEST_MAX_AGE {
        report.problem(
            KEY,
            Some(&format_duration(span)),
            "browsers keep no cookie longer than 400 days",
            "Use 400d or less",
        );
    }
    if span < Duration::from_secs(1) {
        report.warn("JWT_COOKIE_MAX_AGE=0: browsers delete every cookie as soon as it is set");
    }
    if settings.session_cookie && report.is_given("JWT_SESSION_COOKIE") {
        report.problem(
            KEY,
            Some(&format_duration(span)),
            "JWT_SESSION_COOKIE=true is set as well, and says the opposite",
            "Remove one of the two",
        );
    }
}

/// Refuses plain HTTP at a public origin that is not this machine, and warns of it otherwise.
fn check_insecure(settings: &Settings, report: &mut Report) {
    match &settings.public_origin {
        Some(origin) if origin.is_https() && !origin.is_loopback() => report.problem(
            "JWT_COOKIE_SECURE",
            Some("false"),
            format!("tokens for {origin} would travel over plain HTTP as well"),
            "Remove it",
        ),
        Some(origin) if !origin.is_loopback() && !settings.danger_plain_http => report.problem(
            "JWT_COOKIE_SECURE",
            Some("false"),
            format!("tokens for {origin} would travel where anyone on the way can read them"),
            "Serve over HTTPS and remove it, or set HANDSTAMP_DANGER_PLAIN_HTTP=true in a closed network",
        ),
        _ => report.warn("JWT_COOKIE_SECURE=false: cookies also travel over plain HTTP. For http://localhost only"),
    }
}
