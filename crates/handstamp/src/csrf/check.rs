//! Checks that a request gives the proof that the [policy](super::policy) requires of it.
//!
//! Callers use this module alone. It composes the mechanisms [`fetch_metadata`], [`origin_header`],
//! [`token`] and [`masked`], which do not import it or each other.
//!
//! No proof is ever taken from `Host`, which names what the client was told to call, nor from a
//! CSRF cookie, which a sibling subdomain can plant.

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

/// Checks a log-out, which takes an access token and a refresh token at once: the value of one of
/// them proves that a page of its user sent the request. Tokens of any other user are dropped from
/// `cookies`, because a sibling subdomain can plant another token whose value it knows.
pub(crate) fn check_log_out(
    head: &impl RequestHead,
    config: &Config,
    cookies: &mut Vec<(Kind, Arc<Claims>)>,
) -> Result<(), RejectionKind> {
    // Lenient: no genuine token in a cookie. Risk: another site has cookies deleted that hold none.
    // Covered: that ends no session, and there is no claim that a value could be compared with.
    let Some(&(first, _)) = cookies.first() else {
        return Ok(());
    };
    let required = required(Case::LogOut, Configured::of(config));
    judge_origin(required, head, config)?;
    match required {
        Required::Nothing | Required::Origin(_) => return Ok(()),
        Required::Token | Required::OriginAndToken(_) => {}
    }
    let mut missing = true;
    let mut proven = None;
    for (kind, claims) in &*cookies {
        match shown(head, config, *kind, claims) {
            Shown::Nothing => {}
            Shown::TheValue => {
                proven = Some(claims.account());
                break;
            }
            Shown::AnotherValue => missing = false,
        }
    }
    match proven {
        Some(account) => {
            cookies.retain(|(_, claims)| claims.account() == account);
            Ok(())
        }
        None if missing => Err(token::missing(head, config, first)),
        None => Err(RejectionKind::CsrfMismatch),
    }
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
        // nothing decides. Covered: the setting is a warning at start-up, builds with protection
        // that is off only with `Danger::NoCsrf`, and spares no WebSocket, which no value guards.
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
    let not_allowed = || Err(RejectionKind::OriginNotAllowed(origin.to_string()));
    // Browsers send no `Sec-Fetch-Site` with a WebSocket, and let any site open one.
    if rule == OriginRule::Handshake {
        return match origin_header::sender(&origin, config) {
            Sender::Own | Sender::Trusted => Ok(()),
            Sender::Absent | Sender::Unknown => not_allowed(),
        };
    }
    let site = Header::of(head, fetch_metadata::NAME);
    let cross_site = || {
        let stated = format!("Sec-Fetch-Site: {site}, Origin: {origin}");
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
        Site::User | Site::Unknown => cross_site(),
        Site::Absent => match origin_header::sender(&origin, config) {
            Sender::Own | Sender::Trusted => Ok(()),
            Sender::Absent => match rule {
                // Lenient: no current browser, or none at all. Risk: an old browser. Covered: by
                // the CSRF value, or as the row of the table states.
                OriginRule::StatedOrToken | OriginRule::StatedOrProgram => Ok(()),
                OriginRule::Stated | OriginRule::Handshake => not_allowed(),
            },
            Sender::Unknown => not_allowed(),
        },
    }
}

/// The CSRF value that a request presents.
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
