//! Where tokens are looked for, and what they are called there.

use super::{
    ConfigBuilder,
    parse::text::{HeaderName, Scheme},
    report::Report,
    setting::{Apply, Setting, settings},
};
use crate::Location;

settings! {
    /// Places and names.
    Locations in locations {
        /// Where tokens are looked for, in this order. Default: cookies.
        "JWT_TOKEN_LOCATION" token_locations(values Location): Vec<Location> = vec![Location::Cookies];
        /// The header that carries tokens. Default: `Authorization`.
        "JWT_HEADER_NAME" header_name(text HeaderName): String = "Authorization".to_owned();
        /// The word before the token in that header; empty when there is none. Default: `Bearer`.
        "JWT_HEADER_TYPE" header_type(text Scheme): String = "Bearer".to_owned();
        /// The query parameter that carries tokens. Default: `token`.
        "JWT_QUERY_STRING_NAME" query_string_name(text String): String = "token".to_owned();
        /// The member of a JSON body that carries access tokens. Default: `access_token`.
        "JWT_JSON_KEY" json_key(text String): String = "access_token".to_owned();
        /// The member of a JSON body that carries refresh tokens. Default: `refresh_token`.
        "JWT_REFRESH_JSON_KEY" refresh_json_key(text String): String = "refresh_token".to_owned();
    }
}

impl Locations {
    pub(super) fn check(&self, report: &mut Report) {
        const KEY: &str = "JWT_TOKEN_LOCATION";
        if FILLED_BY_BROWSERS.contains(&self.header_name.to_ascii_lowercase().as_str()) {
            report.problem(
                "JWT_HEADER_NAME",
                Some(&self.header_name),
                "browsers fill this header unasked, and tokens in headers are not guarded against that",
                "Use \"Authorization\", or list cookies in JWT_TOKEN_LOCATION",
            );
        }
        let locations = &self.token_locations;
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
}

/// What requests carry that no script of ours has made (the forbidden names of the Fetch standard, and media types).
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
