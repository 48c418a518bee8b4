//! Security schemes, and what of them an operation demands.
//!
//! A scheme is named as what it stands for is configured: a cookie by its name, the CSRF value by
//! its header, the bearer by its scheme. Two configurations in one document therefore share a name
//! only where they share the thing.

use std::collections::{BTreeMap, BTreeSet};

use utoipa::openapi::path::Operation;
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme,
};

use super::demand::{Demand, Presented, Token, WithoutToken};
use crate::config::Config;
use crate::csrf;
use crate::location::Location;
use crate::purpose::sealed::Kind;
use crate::scope::ScopeDemand;

/// Names of schemes, each with the scopes that the token must have.
type Alternative = BTreeMap<String, Scopes>;

type Scopes = BTreeSet<String>;

/// Adds what a request for the operation must present. Demands of several layers add up.
pub(super) fn demand(config: &Config, operation: &mut Operation, method: &str, demand: &Demand) {
    let Some(demanded) = alternatives(config, method, demand) else {
        return;
    };
    let demanded = match &operation.security {
        Some(already) => both(&read(already), &demanded),
        None => demanded,
    };
    operation.security = Some(demanded.into_iter().map(requirement).collect());
}

/// Returns the names of all schemes that an operation demands.
pub(super) fn names(operation: &Operation) -> impl Iterator<Item = String> {
    let alternatives = operation.security.iter().flat_map(|all| read(all));
    alternatives.flat_map(Alternative::into_keys)
}

/// Returns the schemes of a configuration, by name.
pub(super) fn schemes(config: &Config) -> Vec<(String, SecurityScheme)> {
    let settings = &config.settings;
    let mut schemes = Vec::new();
    let mut api_key = |place: fn(ApiKeyValue) -> ApiKey, name: &str, about: String| {
        let key = place(ApiKeyValue::with_description(name, &about));
        schemes.push((component(name), SecurityScheme::ApiKey(key)));
    };
    for (kind, token) in [(Kind::Access, "access"), (Kind::Refresh, "refresh")] {
        let cookies = config.cookies(kind);
        let about = format!("The {token} token, in a cookie that script cannot read.");
        api_key(ApiKey::Cookie, cookies.token.name.as_str(), about);
    }
    let (access, refresh) = (config.cookies(Kind::Access), config.cookies(Kind::Refresh));
    for (cookies, token) in [(access, "access"), (refresh, "refresh")] {
        let about = if access
            .csrf_header
            .eq_ignore_ascii_case(&refresh.csrf_header)
        {
            format!(
                "The value of the cookie {}, or on routes that take the refresh token that of {}.",
                access.csrf.name, refresh.csrf.name
            )
        } else {
            format!(
                "The value of the cookie {}, which belongs to the {token} token.",
                cookies.csrf.name
            )
        };
        api_key(ApiKey::Header, &cookies.csrf_header, about);
    }
    let about = "The token, in the query of the URL.";
    api_key(ApiKey::Query, &settings.query_string_name, about.to_owned());
    schemes.push((header(config), header_scheme(config)));
    schemes
}

/// Returns the name of the scheme for a token in a header.
fn header(config: &Config) -> String {
    if is_bearer(config) {
        config.settings.header_type.to_ascii_lowercase()
    } else {
        component(&config.settings.header_name)
    }
}

fn header_scheme(config: &Config) -> SecurityScheme {
    let settings = &config.settings;
    if is_bearer(config) {
        let bearer = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .bearer_format("JWT")
            .description(Some("For programs. No CSRF value is asked for."));
        return SecurityScheme::Http(bearer.build());
    }
    let prefix = match settings.header_type.as_str() {
        "" => String::new(),
        scheme => format!(", behind {scheme} and a space"),
    };
    let about = format!("The token{prefix}. For programs: no CSRF value is asked for.");
    let key = ApiKeyValue::with_description(&settings.header_name, &about);
    SecurityScheme::ApiKey(ApiKey::Header(key))
}

fn is_bearer(config: &Config) -> bool {
    let settings = &config.settings;
    settings.header_name.eq_ignore_ascii_case("authorization")
        && settings.header_type.eq_ignore_ascii_case("bearer")
}

/// The names of components have fewer characters than those of cookies and headers.
fn component(name: &str) -> String {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    name.chars()
        .map(|c| if allowed(c) { c } else { '_' })
        .collect()
}

/// Returns what a request may present, one of these; `None` if the demand asks for no token.
fn alternatives(config: &Config, method: &str, demand: &Demand) -> Option<Vec<Alternative>> {
    match &demand.presented {
        Presented::Nothing => None,
        Presented::LogOut => Some(of_log_out(config)),
        Presented::Token(token, without) => {
            let mut alternatives = of_token(config, method, token);
            // A token in a body is no scheme of OpenAPI.
            if *without != WithoutToken::Refused || alternatives.is_empty() {
                alternatives.push(Alternative::new());
            }
            Some(alternatives)
        }
    }
}

fn of_token(config: &Config, method: &str, token: &Token) -> Vec<Alternative> {
    let locations = token
        .locations
        .as_deref()
        .unwrap_or(&config.settings.token_locations);
    let needs_value = csrf::proofs(method, token.kind, config, token.csrf).value;
    let mut alternatives = Vec::new();
    for scopes in scopes(&token.scopes) {
        for location in locations {
            let mut alternative = Alternative::new();
            let name = match location {
                Location::Cookies => component(config.cookies(token.kind).token.name.as_str()),
                Location::Headers => header(config),
                Location::Query => component(&config.settings.query_string_name),
                Location::Json => continue,
            };
            alternative.insert(name, scopes.clone());
            if *location == Location::Cookies && needs_value {
                alternative.insert(value(config, token.kind), Scopes::new());
            }
            alternatives.push(alternative);
        }
    }
    alternatives
}

/// Cookies are deleted for a request without a token as well.
fn of_log_out(config: &Config) -> Vec<Alternative> {
    let needs_value = csrf::proofs_of_log_out(config).value;
    let mut alternatives = Vec::new();
    for location in &config.settings.token_locations {
        match location {
            Location::Cookies => {
                for kind in [Kind::Access, Kind::Refresh] {
                    let name = component(config.cookies(kind).token.name.as_str());
                    let value = needs_value.then(|| (value(config, kind), Scopes::new()));
                    alternatives.push([(name, Scopes::new())].into_iter().chain(value).collect());
                }
            }
            Location::Headers => alternatives.push([(header(config), Scopes::new())].into()),
            Location::Query => {
                let name = component(&config.settings.query_string_name);
                alternatives.push([(name, Scopes::new())].into());
            }
            Location::Json => {}
        }
    }
    alternatives.push(Alternative::new());
    alternatives
}

fn value(config: &Config, kind: Kind) -> String {
    component(&config.cookies(kind).csrf_header)
}

/// Returns each set of scopes with which all demands are met.
fn scopes(demands: &[ScopeDemand]) -> Vec<Scopes> {
    demands.iter().fold(vec![Scopes::new()], |sets, demand| {
        let choices: Vec<&[String]> = match demand {
            ScopeDemand::Any(scopes) if !scopes.is_empty() => scopes.chunks(1).collect(),
            ScopeDemand::All(scopes) | ScopeDemand::Any(scopes) => vec![scopes],
        };
        let with = |set: &Scopes| {
            let choices = choices.iter();
            let with = |choice: &&[String]| set.iter().chain(*choice).cloned().collect();
            choices.map(with).collect::<Vec<Scopes>>()
        };
        sets.iter().flat_map(with).collect()
    })
}

/// Returns what meets both demands. Both are made of one token, so alternatives with tokens in
/// different places do not combine.
fn both(one: &[Alternative], other: &[Alternative]) -> Vec<Alternative> {
    let mut together = BTreeSet::new();
    for (one, other) in one
        .iter()
        .flat_map(|one| other.iter().map(move |other| (one, other)))
    {
        let is_anonymous = one.is_empty() || other.is_empty();
        let is_within =
            |a: &Alternative, b: &Alternative| a.keys().all(|name| b.contains_key(name));
        if is_anonymous || is_within(one, other) || is_within(other, one) {
            let mut both = one.clone();
            for (name, scopes) in other {
                both.entry(name.clone()).or_default().extend(scopes.clone());
            }
            together.insert(both);
        }
    }
    together.into_iter().collect()
}

fn requirement(alternative: Alternative) -> SecurityRequirement {
    let empty = SecurityRequirement::default();
    let schemes = alternative.into_iter();
    schemes.fold(empty, |requirement, (name, scopes)| {
        requirement.add(name, scopes)
    })
}

/// A requirement shows its parts only in its text.
fn read(requirements: &[SecurityRequirement]) -> Vec<Alternative> {
    let texts = requirements.iter().map(serde_json::to_value);
    texts.flatten().flat_map(serde_json::from_value).collect()
}
