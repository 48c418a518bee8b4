//! What requests of a method must prove, for their description.

use super::method::{Method, Transport};
use super::policy::{Case, Configured, CsrfDemand, Required, required};
use crate::config::{Config, OriginCheck};
use crate::location::Location;
use crate::purpose::sealed::Kind;

/// The proofs that are required of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Proofs {
    pub(crate) origin: bool,
    pub(crate) value: bool,
}

/// Returns the proofs of a request whose token is in a cookie.
pub(crate) fn proofs(method: &str, purpose: Kind, config: &Config, demand: CsrfDemand) -> Proofs {
    let case = Case::Token {
        location: Location::Cookies,
        demand,
        purpose,
        method: Method::named(method, config),
        transport: Transport::Http,
    };
    Proofs::of(required(case, Configured::of(config))).reported(config)
}

/// Returns the proofs of a log-out, with a token in a cookie and without.
pub(crate) fn proofs_of_log_out(config: &Config) -> Proofs {
    let tokenless = Proofs::of(required(Case::TokenlessLogOut, Configured::of(config)));
    if !config.token_locations().contains(&Location::Cookies) {
        return tokenless;
    }
    let with_token = Proofs::of(required(Case::LogOut, Configured::of(config)));
    Proofs {
        origin: with_token.reported(config).origin || tokenless.origin,
        ..with_token
    }
}

/// Returns the proofs of a request for a route that demands no token.
pub(crate) fn proofs_without_token(method: &str, config: &Config) -> Proofs {
    let case = Case::Tokenless {
        method: Method::named(method, config),
        transport: Transport::Http,
    };
    Proofs::of(required(case, Configured::of(config))).reported(config)
}

impl Proofs {
    fn of(required: Required) -> Self {
        let (origin, value) = match required {
            Required::Nothing => (false, false),
            Required::Origin(_) => (true, false),
            Required::Token => (false, true),
            Required::OriginAndToken(_) => (true, true),
        };
        Self { origin, value }
    }

    /// With `report-only` an origin refuses no one, but for a log-out without a token.
    fn reported(self, config: &Config) -> Self {
        Self {
            origin: self.origin && config.settings.origin_check != OriginCheck::ReportOnly,
            ..self
        }
    }
}
