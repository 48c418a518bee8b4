//! The security schemes of a configuration.
//!
//! A scheme is named as what it stands for is configured: a cookie by its name, the CSRF value by
//! its header, a token in `Authorization: Bearer` by that word. So two configurations in one
//! document share a scheme where they share the thing, and only there.

use std::fmt::Write as _;

use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};

use crate::config::Config;
use crate::location::Location;
use crate::purpose::sealed::Kind;

/// Returns the name of the scheme for a token in this place; `None` for a body, which OpenAPI knows
/// no scheme for.
pub(super) fn token(config: &Config, kind: Kind, location: Location) -> Option<String> {
    match location {
        Location::Cookies => Some(cookie(config, kind)),
        Location::Headers => Some(header(config)),
        // Parameters have short names, which a cookie may have as well.
        Location::Query => Some(format!(
            "{}_in_query",
            component(&config.settings.query_string_name)
        )),
        Location::Json => None,
    }
}

/// Returns the name of the scheme for the CSRF value of a token.
pub(super) fn value(config: &Config, kind: Kind) -> String {
    component(&config.cookies(kind).csrf_header)
}

fn cookie(config: &Config, kind: Kind) -> String {
    let name = component(config.cookies(kind).token.name.as_str());
    let others = [
        header(config),
        value(config, Kind::Access),
        value(config, Kind::Refresh),
    ];
    if others.contains(&name) {
        name + "_cookie"
    } else {
        name
    }
}

fn header(config: &Config) -> String {
    if is_bearer(config) {
        "bearer".to_owned()
    } else {
        component(&config.settings.header_name)
    }
}

fn is_bearer(config: &Config) -> bool {
    let settings = &config.settings;
    settings.header_name.eq_ignore_ascii_case("authorization")
        && settings.header_type.eq_ignore_ascii_case("bearer")
}

/// The names of components have fewer characters than those of cookies and headers.
pub(super) fn component(name: &str) -> String {
    let mut component = String::with_capacity(name.len());
    for byte in name.bytes() {
        match byte {
            b'.' | b'-' | b'_' => component.push(byte.into()),
            _ if byte.is_ascii_alphanumeric() => component.push(byte.into()),
            _ => {
                // A text takes all that is written.
                let _ = write!(component, "_{byte:02x}");
            }
        }
    }
    component
}

/// Returns all schemes, each with its name.
pub(super) fn all(config: &Config) -> Vec<(String, SecurityScheme)> {
    let mut schemes = Vec::new();
    for (kind, purpose) in [(Kind::Access, "access"), (Kind::Refresh, "refresh")] {
        let cookies = config.cookies(kind);
        let about = format!("The {purpose} token, in a cookie that script cannot read.");
        let key = ApiKeyValue::with_description(cookies.token.name.as_str(), &about);
        schemes.push((
            cookie(config, kind),
            SecurityScheme::ApiKey(ApiKey::Cookie(key)),
        ));
        let about =
            "The CSRF value of the token in the cookie. Script reads it from the CSRF cookie.";
        let key = ApiKeyValue::with_description(cookies.csrf_header.as_str(), about);
        schemes.push((
            value(config, kind),
            SecurityScheme::ApiKey(ApiKey::Header(key)),
        ));
        let query = config.settings.query_string_name.as_str();
        let key = ApiKeyValue::with_description(query, "The token, in the query of the URL.");
        let name = token(config, kind, Location::Query);
        schemes.extend(name.map(|name| (name, SecurityScheme::ApiKey(ApiKey::Query(key)))));
    }
    schemes.push((header(config), header_scheme(config)));
    schemes
}

fn header_scheme(config: &Config) -> SecurityScheme {
    let settings = &config.settings;
    if is_bearer(config) {
        let bearer = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .bearer_format("JWT")
            .description(Some("The token. For programs: no CSRF value is asked for."));
        return SecurityScheme::Http(bearer.build());
    }
    let before = match settings.header_type.as_str() {
        "" => String::new(),
        scheme => format!(", behind {scheme} and a space"),
    };
    let about = format!("The token{before}. For programs: no CSRF value is asked for.");
    let key = ApiKeyValue::with_description(&settings.header_name, &about);
    SecurityScheme::ApiKey(ApiKey::Header(key))
}
