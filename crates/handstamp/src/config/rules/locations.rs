//! Rules about the locations of tokens.

use crate::{
    config::{report::Report, settings::Settings},
    location::Location,
};

pub(super) fn check(settings: &Settings, report: &mut Report) {
    const KEY: &str = "JWT_TOKEN_LOCATION";
    if FILLED_BY_BROWSERS.contains(&settings.header_name.to_ascii_lowercase().as_str()) {
        report.problem(
            "JWT_HEADER_NAME",
            Some(&settings.header_name),
            "browsers fill this header unasked, and tokens in headers are not guarded against that",
            "Use \"Authorization\", or list cookies in JWT_TOKEN_LOCATION",
        );
    }
    let locations = &settings.token_locations;
    let names = locations
        .iter()
        .map(|location| location.name())
        .collect::<Vec<_>>()
        .join(",");
    if !report.is_sound(KEY) {
        return;
    }
    if locations.is_empty() {
        report.problem(
            KEY,
            None,
            "an empty list: no request could have a token",
            "Use \"cookies\"",
        );
    }
    let twice = |(i, location): (usize, &Location)| {
        locations
            .iter()
            .take(i)
            .any(|other| other == location)
            .then(|| location.name())
    };
    if let Some(name) = locations.iter().enumerate().find_map(twice) {
        report.problem(
            KEY,
            Some(&names),
            format!("{name} is listed twice"),
            "List it once",
        );
    }
    if locations.contains(&Location::Query) {
        report.warn("JWT_TOKEN_LOCATION: tokens in queries end up in logs, histories and the header Referer");
    }
}

/// Headers that browsers send unasked (the forbidden names of the Fetch standard, and media types).
const FILLED_BY_BROWSERS: [&str; 12] = [
    "connection",
    "content-length",
    "content-type",
    "cookie",
    "expect",
    "host",
    "origin",
    "referer",
    "set-cookie",
    "transfer-encoding",
    "upgrade",
    "user-agent",
];
