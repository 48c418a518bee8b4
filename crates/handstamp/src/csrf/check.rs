//! Checks that a request gives the proof that the [policy](super::policy) requires of it.
//!
//! Callers use this module alone. It composes the mechanisms [`fetch_metadata`], [`origin_header`],
//! [`token`] and [`masked`], which do not import it or each other.
//!
//! No proof is taken from a CSRF cookie, which a sibling subdomain can plant, nor from `Host`,
//! which names what the client was told to call, but for the rule [`OriginRule::StatedOrHost`].

use std::sync::Arc;

use super::fetch_metadata::Site;
use super::header::Header;
use super::method::{Method, Transport};
use super::origin_header::Sender;
use super::policy::{Case, Configured, CsrfDemand, OriginRule, Required, required};
use super::{fetch_metadata, masked, origin_header, token};

use crate::claims::Claims;
use crate::config::{Config, OriginCheck};
use crate::error::RejectionKind;
use crate::location::Location;
use crate::purpose::sealed::Kind;
use crate::request::{RequestHead, Values};
use crate::store::AccountId;

/// The checks that remain after the origin of a request was checked. Only [`check_origin`] makes
/// one, so no CSRF value is judged before the origin.
#[must_use = "the CSRF value is not checked yet"]
pub(crate) struct OriginChecked(Required);

/// Checks the origin of a request that presents a token, before the token is verified.
pub(crate) fn check_origin(
    location: Location,
    purpose: Kind,
    head: &impl RequestHead,
    config: &Config,
    demand: CsrfDemand,
) -> Result<OriginChecked, RejectionKind> {
    let case = Case::Token {
        location,
        demand,
        purpose,
        method: Method::of(head, config),
        transport: Transport::of(head),
    };
    let required = required(case, Configured::of(config));
    judge_origin(required, head, config)?;
    Ok(OriginChecked(required))
}

impl OriginChecked {
    /// Returns whether a CSRF value is required that may be in a form which is not read yet.
    pub(crate) fn awaits_form(
        &self,
        head: &impl RequestHead,
        config: &Config,
        purpose: Kind,
    ) -> bool {
        match self.0 {
            Required::Nothing | Required::Origin(_) => false,
            Required::Token | Required::OriginAndToken(_) => {
                token::may_be_in_form(head, config, purpose)
            }
        }
    }
}

/// Returns whether a log-out may show a CSRF value in a form that is not read yet.
pub(crate) fn log_out_awaits_form(head: &impl RequestHead, config: &Config) -> bool {
    let mut purposes = [Kind::Access, Kind::Refresh].into_iter();
    purposes.any(|purpose| token::may_be_in_form(head, config, purpose))
}

/// Checks the CSRF value against the token's own claim, once the token is verified.
pub(crate) fn check_token(
    OriginChecked(required): OriginChecked,
    purpose: Kind,
    claims: &Claims,
    head: &impl RequestHead,
    config: &Config,
) -> Result<(), RejectionKind> {
    match required {
        Required::Nothing | Required::Origin(_) => Ok(()),
        Required::Token | Required::OriginAndToken(_) => {
            match shown(head, config, purpose, claims) {
                Shown::Nothing => Err(token::missing(head, config, purpose)),
                Shown::TheValue => Ok(()),
                Shown::AnotherValue => Err(RejectionKind::CsrfMismatch),
            }
        }
    }
}

/// Returns whether the request shows the CSRF value of this token.
pub(crate) fn shows_value(
    head: &impl RequestHead,
    config: &Config,
    purpose: Kind,
    claims: &Claims,
) -> bool {
    matches!(shown(head, config, purpose, claims), Shown::TheValue)
}

/// For whom a request to log out proves that it was sent.
pub(crate) enum LogOutProof {
    /// For all of whom the request has cookies.
    Everyone,
    /// For this account. A sibling subdomain, which knows the CSRF value of a token of its own, may
    /// have planted the cookies of the others, or sent the request.
    Only(AccountId),
}

/// Checks a log-out, which takes an access token and a refresh token at once: the value of one of
/// them proves that a page of its user sent the request.
pub(crate) fn check_log_out(
    head: &impl RequestHead,
    config: &Config,
    cookies: &[(Kind, Arc<Claims>)],
) -> Result<LogOutProof, RejectionKind> {
    let Some(&(first, _)) = cookies.first() else {
        // Nothing but the sender is judged here, so `report-only` does not spare it.
        if let Required::Origin(rule) = required(Case::TokenlessLogOut, Configured::of(config)) {
            judge_sender(rule, head, config)?;
        }
        return Ok(LogOutProof::Everyone);
    };
    let required = required(Case::LogOut, Configured::of(config));
    judge_origin(required, head, config)?;
    match required {
        Required::Nothing | Required::Origin(_) => return Ok(LogOutProof::Everyone),
        Required::Token | Required::OriginAndToken(_) => {}
    }
    // Lenient: tokens that were issued while protection was off have no value to show. Risk:
    // another site logs their user out. Covered: the browser states that the page is our own.
    if cookies.iter().all(|(_, claims)| claims.csrf().is_none()) && is_own_page(head, config) {
        return Ok(LogOutProof::Everyone);
    }
    let mut missing = true;
    let mut proven = None;
    for (kind, claims) in cookies {
        match shown(head, config, *kind, claims) {
            Shown::Nothing => {}
            Shown::TheValue => {
                if !token::is_in_header(head, config, *kind) {
                    judge_form(head, config)?;
                }
                proven = Some(claims.account());
                break;
            }
            Shown::AnotherValue => missing = false,
        }
    }
    match proven {
        // Lenient: the value of one user ends the sessions of another. Risk: a sibling subdomain
        // logs a visitor out with the value of a token that it planted. Covered: the page is one of
        // this service, which the browser states, and no script of another origin can.
        Some(_) if is_own_page(head, config) => Ok(LogOutProof::Everyone),
        Some(account) => Ok(LogOutProof::Only(account)),
        None if missing => Err(token::missing(head, config, first)),
        None => Err(RejectionKind::CsrfMismatch),
    }
}

/// Rejects a form that the browser states to be of another site, whatever value it shows. A sibling
/// subdomain that planted a token of its own knows its value, and a form needs no permission as a
/// header does (Fetch, "CORS-preflight request"): its log-out would delete the visitor's cookies.
///
/// Lenient: where the browser states nothing, the value decides alone. Risk: an old browser, or
/// plain HTTP. Covered: with `HANDSTAMP_PUBLIC_ORIGIN`, by `Origin`.
pub(crate) fn judge_form(head: &impl RequestHead, config: &Config) -> Result<(), RejectionKind> {
    match Header::of(head, fetch_metadata::NAME) {
        Header::Absent => Ok(()),
        Header::One(_) | Header::Several => judge_sender(OriginRule::StatedOrToken, head, config),
    }
}

/// Returns whether the browser states that a page of the service itself sent the request. `Host`
/// states nothing: it names what the client was told to call.
pub(crate) fn is_own_page(head: &impl RequestHead, config: &Config) -> bool {
    let site = fetch_metadata::site(&Header::of(head, fetch_metadata::NAME));
    site == Site::SameOrigin
        || origin_header::is_public(&Header::of(head, origin_header::NAME), config)
}

/// Returns whether a log-in may end what the request carries of these accounts: not for another
/// site, and of two accounts not where only `Host` tells that the page is not of another site.
pub(crate) fn may_replace(head: &impl RequestHead, config: &Config, accounts: usize) -> bool {
    let rule = if accounts > 1 {
        OriginRule::StatedOrProgram
    } else {
        OriginRule::StatedOrHost
    };
    judge_sender(rule, head, config).is_ok()
}

/// Checks a request for a route that demands no token, such as a log-in.
pub(crate) fn check_tokenless(
    head: &impl RequestHead,
    config: &Config,
) -> Result<(), RejectionKind> {
    let case = Case::Tokenless {
        method: Method::of(head, config),
        transport: Transport::of(head),
    };
    judge_origin(required(case, Configured::of(config)), head, config)
}

/// Rejects a request that does not prove its origin as required.
fn judge_origin(
    required: Required,
    head: &impl RequestHead,
    config: &Config,
) -> Result<(), RejectionKind> {
    let rule = match required {
        Required::Nothing | Required::Token => return Ok(()),
        Required::Origin(rule) | Required::OriginAndToken(rule) => rule,
    };
    match (
        judge_sender(rule, head, config),
        config.settings.origin_check,
    ) {
        // Lenient: `HANDSTAMP_ORIGIN_CHECK=report-only`. Risk: where no CSRF value is required,
        // nothing decides: a form of another site logs a visitor in to the account of its author.
        // Covered: by the operator, who is warned at start-up and has it on for a trial only. It
        // builds with protection that is off only with `Danger::NoCsrf`, and spares no WebSocket
        // and no log-out without a token.
        (Err(reason), OriginCheck::ReportOnly) if rule != OriginRule::Handshake => {
            tracing::warn!(code = reason.code(), ?reason, "request would be refused");
            Ok(())
        }
        (verdict, OriginCheck::ReportOnly | OriginCheck::Enforce) => verdict,
    }
}

/// Judges the headers that browsers send. `Sec-Fetch-Site` comes first, because it distinguishes a
/// page of the same origin from one of a sibling; `Origin` is compared in its absence.
fn judge_sender(
    rule: OriginRule,
    head: &impl RequestHead,
    config: &Config,
) -> Result<(), RejectionKind> {
    let origin = Header::of(head, origin_header::NAME);
    let not_allowed = || {
        let expected = expected(config);
        Err(RejectionKind::OriginNotAllowed {
            stated: format!("Origin is {origin}{expected}"),
            by_socket: rule == OriginRule::Handshake,
        })
    };
    // Browsers send no `Sec-Fetch-Site` with a WebSocket, and let any site open one.
    if rule == OriginRule::Handshake {
        return match origin_header::sender(&origin, config) {
            Sender::Own | Sender::Trusted => Ok(()),
            Sender::Absent | Sender::Unknown => not_allowed(),
        };
    }
    let site = Header::of(head, fetch_metadata::NAME);
    let cross_site = || {
        let expected = expected(config);
        let stated = format!("Sec-Fetch-Site is {site}, Origin is {origin}{expected}");
        Err(RejectionKind::CrossSiteRequest(stated))
    };
    match fetch_metadata::site(&site) {
        // Lenient: `Origin` is not compared. Risk: a client that is no browser forges the header.
        // Covered: such a client has no visitor's cookies, and script in a browser cannot set the
        // header (Fetch, "forbidden request-header").
        Site::SameOrigin => Ok(()),
        // Lenient: a trusted origin passes. Risk: script injected there acts for visitors here.
        // Covered: whole origins are compared, never a pattern, and where a CSRF value is required,
        // it is judged next. The public origin does not count: no own page is cross-site to itself.
        Site::OtherOrigin => match origin_header::sender(&origin, config) {
            Sender::Trusted => Ok(()),
            Sender::Own | Sender::Absent | Sender::Unknown => cross_site(),
        },
        // Lenient: the address bar, a bookmark, another program. Risk: a link that another program
        // was made to open. Covered: only where the CSRF value is judged next.
        Site::User if rule == OriginRule::StatedOrToken => Ok(()),
        // Lenient: a trusted origin passes, as above: pages and workers of an extension state that
        // the user started what they send. No site can make a browser state that.
        Site::User if origin_header::sender(&origin, config) == Sender::Trusted => Ok(()),
        Site::User | Site::Unknown => cross_site(),
        Site::Absent => match origin_header::sender(&origin, config) {
            Sender::Own | Sender::Trusted => Ok(()),
            Sender::Absent => match rule {
                // Lenient: no browser of today, or none at all. Risk: an old browser. Covered: by
                // the CSRF value, or as the row of the table says.
                OriginRule::StatedOrToken
                | OriginRule::StatedOrProgram
                | OriginRule::StatedOrHost => Ok(()),
                OriginRule::Stated | OriginRule::Handshake => not_allowed(),
            },
            Sender::Unknown
                if rule == OriginRule::StatedOrHost && origin_header::names_host(&origin, head) =>
            {
                Ok(())
            }
            Sender::Unknown => not_allowed(),
        },
    }
}

/// The setting that an operator may have to change.
fn expected(config: &Config) -> String {
    match &config.settings.public_origin {
        Some(origin) => format!("; HANDSTAMP_PUBLIC_ORIGIN is {origin}"),
        None => "; HANDSTAMP_PUBLIC_ORIGIN is not set".to_owned(),
    }
}

/// Which CSRF value a request shows.
enum Shown {
    Nothing,
    TheValue,
    AnotherValue,
}

/// Compares the sent value with the claim, both as it is and unmasked.
fn shown(head: &impl RequestHead, config: &Config, kind: Kind, claims: &Claims) -> Shown {
    let is_the_value = |sent: &[u8]| {
        token::matches(sent, claims)
            || masked::unmask(sent).is_some_and(|sent| token::matches(&sent, claims))
    };
    match token::sent(head, config, kind) {
        Values::Missing => Shown::Nothing,
        Values::Single(sent) if is_the_value(&sent) => Shown::TheValue,
        Values::Single(_) | Values::Conflicting => Shown::AnotherValue,
    }
}
