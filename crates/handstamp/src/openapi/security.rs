//! What a request for an operation must present, as alternatives of schemes.

use std::collections::{BTreeMap, BTreeSet};

use utoipa::openapi::path::Operation;
use utoipa::openapi::security::SecurityRequirement;

use super::demand::{Demand, More, Presented, Token, WithoutToken};
use super::schemes;
use crate::config::Config;
use crate::csrf;
use crate::location::Location;
use crate::purpose::sealed::Kind;
use crate::scope::ScopeDemand;

/// Names of schemes, each with the scopes that the token must have.
type Alternative = BTreeMap<String, Scopes>;

type Scopes = BTreeSet<String>;

/// Adds what a request for the operation must present.
pub(super) fn demand(config: &Config, operation: &mut Operation, method: &str, demand: &Demand) {
    let (own, demanded) = match &demand.presented {
        Presented::Nothing => return,
        Presented::LogOut => (
            Own::new(config, &[Kind::Access, Kind::Refresh], false),
            of_log_out(config),
        ),
        Presented::Token(token, without) => {
            let mut alternatives = of_token(config, method, token);
            let locations = token.locations(config);
            let in_body = locations.contains(&Location::Json) && demand.more.contains(&More::Body);
            // A token in a body is no scheme.
            if *without != WithoutToken::Refused || in_body || alternatives.is_empty() {
                alternatives.push(Alternative::new());
            }
            let names_places = token.locations.is_some();
            (Own::new(config, &[token.kind], names_places), alternatives)
        }
    };
    let demanded = match &operation.security {
        // An empty list says that nothing must be presented.
        Some(already) if !already.is_empty() => own.both(&read(already), &demanded),
        _ => demanded,
    };
    operation.security = Some(demanded.into_iter().map(requirement).collect());
}

/// Returns the names of all schemes that an operation demands.
pub(super) fn names(operation: &Operation) -> impl Iterator<Item = String> {
    let alternatives = operation.security.iter().flat_map(|all| read(all));
    alternatives.flat_map(Alternative::into_keys)
}

fn of_token(config: &Config, method: &str, token: &Token) -> Vec<Alternative> {
    let needs_value = csrf::proofs(method, token.kind, config, token.csrf).value;
    let mut alternatives = Vec::new();
    for scopes in scopes(&token.scopes) {
        for location in token.locations(config) {
            let Some(name) = schemes::token(config, token.kind, *location) else {
                continue;
            };
            let mut alternative = Alternative::from([(name, scopes.clone())]);
            if *location == Location::Cookies && needs_value {
                alternative.insert(schemes::value(config, token.kind), Scopes::new());
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
    for location in config.token_locations() {
        for kind in [Kind::Access, Kind::Refresh] {
            let name = schemes::token(config, kind, *location);
            let mut alternative: Alternative =
                name.into_iter().map(|name| (name, Scopes::new())).collect();
            if *location == Location::Cookies && needs_value {
                alternative.insert(schemes::value(config, kind), Scopes::new());
            }
            if !alternatives.contains(&alternative) && !alternative.is_empty() {
                alternatives.push(alternative);
            }
        }
    }
    alternatives.push(Alternative::new());
    alternatives
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

/// The schemes of one purpose of a configuration. All layers of a route judge one token of it, so
/// alternatives with that token in different places do not combine. What other configurations
/// demand, or the application, is demanded in addition.
struct Own {
    tokens: Vec<String>,
    values: Vec<String>,
    /// Whether the demand names the places where it looks, rather than taking the token that
    /// another layer has found.
    names_places: bool,
}

impl Own {
    fn new(config: &Config, kinds: &[Kind], names_places: bool) -> Self {
        let places = [Location::Cookies, Location::Headers, Location::Query];
        let tokens = kinds.iter().flat_map(|kind| {
            let names = places.into_iter();
            names.filter_map(|place| schemes::token(config, *kind, place))
        });
        Self {
            tokens: tokens.collect(),
            values: kinds
                .iter()
                .map(|kind| schemes::value(config, *kind))
                .collect(),
            names_places,
        }
    }

    /// Returns what meets both demands.
    fn both(&self, already: &[Alternative], demanded: &[Alternative]) -> Vec<Alternative> {
        let mut together = Vec::new();
        let mut elsewhere = Vec::new();
        for one in already {
            for other in demanded {
                let both = match (self.place(one), self.place(other)) {
                    (Some(place), Some(other)) if place != other => &mut elsewhere,
                    _ => &mut together,
                };
                let with = self.with(one, other);
                if !both.contains(&with) {
                    both.push(with);
                }
            }
        }
        // No place is common to both: one demand names the place of the token, which the other
        // takes from the layer that found it there.
        if together.is_empty() {
            elsewhere
        } else {
            together
        }
    }

    /// Returns the scheme by which a token of this purpose is presented.
    fn place<'a>(&self, alternative: &'a Alternative) -> Option<&'a String> {
        alternative.keys().find(|name| self.tokens.contains(name))
    }

    fn with(&self, one: &Alternative, other: &Alternative) -> Alternative {
        let (place, other_place) = (self.place(one), self.place(other));
        let (mut both, more) = match (place, other_place) {
            (Some(place), Some(other_place)) if place != other_place => {
                let (kept, left) = if self.names_places {
                    (other, one)
                } else {
                    (one, other)
                };
                let mut left = left.clone();
                let scopes = self
                    .place(&left)
                    .cloned()
                    .and_then(|place| left.remove(&place));
                left.retain(|name, _| !self.values.contains(name));
                let mut kept = kept.clone();
                if let Some(place) = self.place(&kept).cloned() {
                    kept.entry(place)
                        .or_default()
                        .extend(scopes.unwrap_or_default());
                }
                (kept, left)
            }
            _ => (one.clone(), other.clone()),
        };
        for (name, scopes) in more {
            both.entry(name).or_default().extend(scopes);
        }
        both
    }
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
