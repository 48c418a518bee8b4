//! Where a request comes from, as browsers say it: [`Sec-Fetch-Site`], then [`Origin`]. Script can set neither.
//!
//! Nothing is ever compared with `Host`, which says what the client was told to call us, or with a part of an origin.
//!
//! [`Sec-Fetch-Site`]: https://www.w3.org/TR/fetch-metadata/#sec-fetch-site-header
//! [`Origin`]: https://fetch.spec.whatwg.org/#origin-header

use super::{CsrfDemand, method, token};
use crate::config::{Config, OriginCheck};
use crate::error::RejectionKind;
use crate::location::Location;
use crate::origin::Origin;
use crate::purpose::sealed::Kind;
use crate::request::RequestHead;

/// For a request that shows a token, before the token is looked at. Asked of every method that may change something,
/// whatever `JWT_CSRF_METHODS` says: it costs the client nothing.
pub(crate) fn check_presented(
    location: Location,
    kind: Kind,
    head: &impl RequestHead,
    config: &Config,
    demand: CsrfDemand,
) -> Result<(), RejectionKind> {
    if location != Location::Cookies || demand == CsrfDemand::Skip {
        return Ok(());
    }
    if is_upgrade(head) {
        return check_upgrade(head, config);
    }
    let method = head.method();
    let only_reads = kind == Kind::Access
        && method::is_safe(method)
        && !method::is_listed(method, &config.settings.csrf_methods);
    if config.settings.public_origin.as_ref().is_none() || only_reads {
        return Ok(());
    }
    let silence = match demand {
        CsrfDemand::SkipToken => Silence::Program,
        _ if token::is_asked(location, kind, method, config, demand) => Silence::TokenDecides,
        _ => Silence::Refused,
    };
    check(head, config, silence)
}

/// For a log-out that brought cookies, whatever its method.
pub(super) fn check_log_out(head: &impl RequestHead, config: &Config) -> Result<(), RejectionKind> {
    if config.settings.public_origin.as_ref().is_none() {
        return Ok(());
    }
    let silence = if config.settings.cookie_csrf_protect {
        Silence::TokenDecides
    } else {
        Silence::Refused
    };
    check(head, config, silence)
}

/// For a route that asks for no token, such as a log-in. Without a public origin browsers are still told apart by
/// `Sec-Fetch-Site`.
pub(crate) fn check_tokenless(
    head: &impl RequestHead,
    config: &Config,
) -> Result<(), RejectionKind> {
    if is_upgrade(head) {
        check_upgrade(head, config)
    } else if method::is_safe(head.method()) {
        Ok(())
    } else {
        check(head, config, Silence::Program)
    }
}

/// What a request without a word about where it comes from is taken for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Silence {
    /// The CSRF value is asked for next, and decides.
    TokenDecides,
    /// Nothing else is asked for, so whoever says nothing is refused.
    Refused,
    /// Nothing else is asked for, and programs that are no browsers are welcome.
    Program,
}

/// Refuses a request that another site made a browser send. With `HANDSTAMP_ORIGIN_CHECK=report-only` it is let through, and
/// the log says that it would have been refused.
fn check(head: &impl RequestHead, config: &Config, silence: Silence) -> Result<(), RejectionKind> {
    match judge(head, config, silence) {
        Err(reason) if config.settings.origin_check == OriginCheck::ReportOnly => {
            tracing::warn!(code = reason.code(), ?reason, "request would be refused");
            Ok(())
        }
        verdict => verdict,
    }
}

/// Browsers send no `Sec-Fetch-Site` with a WebSocket, and let any site open one: `Origin` must be there, and ours or
/// trusted. Never only reported: no CSRF value could follow.
fn check_upgrade(head: &impl RequestHead, config: &Config) -> Result<(), RejectionKind> {
    match Header::of(head, "origin") {
        Header::One(origin) if is_ours(origin, config) || is_trusted(origin, config) => Ok(()),
        origin => Err(RejectionKind::OriginNotAllowed(origin.to_string())),
    }
}

/// Whether a WebSocket is asked for: by `Upgrade` (RFC 6455, section 4.1), or by CONNECT (RFC 8441, section 4).
fn is_upgrade(head: &impl RequestHead) -> bool {
    let names_it = |value: &[u8]| {
        let mut windows = value.windows(WEBSOCKET.len());
        windows.any(|window| window.eq_ignore_ascii_case(WEBSOCKET))
    };
    head.method() == "CONNECT" || head.header_values("upgrade").any(names_it)
}

fn judge(head: &impl RequestHead, config: &Config, silence: Silence) -> Result<(), RejectionKind> {
    let origin = Header::of(head, "origin");
    match (Header::of(head, "sec-fetch-site"), origin) {
        (Header::One(b"same-origin"), _) => Ok(()),
        (Header::One(b"same-site" | b"cross-site"), Header::One(origin))
            if is_trusted(origin, config) =>
        {
            Ok(())
        }
        // The user started it: from the address bar, a bookmark, another program.
        (Header::One(b"none"), _) if silence == Silence::TokenDecides => Ok(()),
        (site @ (Header::One(_) | Header::Several), origin) => {
            let said = format!("Sec-Fetch-Site: {site}, Origin: {origin}");
            Err(RejectionKind::CrossSiteRequest(said))
        }
        (Header::Absent, Header::One(origin))
            if is_ours(origin, config) || is_trusted(origin, config) =>
        {
            Ok(())
        }
        // No browser of today, or none at all.
        (Header::Absent, Header::Absent) if silence != Silence::Refused => Ok(()),
        (Header::Absent, origin) => Err(RejectionKind::OriginNotAllowed(origin.to_string())),
    }
}

/// The page may be our own. Of a request between sites only [`is_trusted`] is asked: no own page is cross-site to itself.
fn is_ours(origin: &[u8], config: &Config) -> bool {
    is_one_of(origin, config.settings.public_origin.as_ref())
}

fn is_trusted(origin: &[u8], config: &Config) -> bool {
    is_one_of(origin, &config.settings.trusted_origins)
}

/// Equal as origins (RFC 6454, section 5): a whole one is read, and compared whole.
fn is_one_of<'o>(origin: &[u8], ours: impl IntoIterator<Item = &'o Origin>) -> bool {
    let Some(origin) = str::from_utf8(origin)
        .ok()
        .and_then(|text| Origin::try_from(text).ok())
    else {
        return false;
    };
    ours.into_iter().any(|own| *own == origin)
}

/// A header that browsers send once.
enum Header<'r> {
    Absent,
    One(&'r [u8]),
    /// Two lines: nobody knows which of them what stands in front of us believed.
    Several,
}

impl<'r> Header<'r> {
    fn of(head: &'r impl RequestHead, name: &str) -> Self {
        let mut values = head.header_values(name);
        match (values.next(), values.next()) {
            (None, _) => Self::Absent,
            (Some(value), None) => Self::One(value.trim_ascii()),
            (Some(_), Some(_)) => Self::Several,
        }
    }
}

/// For the log: quoted, and no longer than an origin is.
impl std::fmt::Display for Header<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Absent => f.write_str("absent"),
            Self::Several => f.write_str("more than one"),
            Self::One(value) => {
                let start = value.get(..LONGEST).unwrap_or(value);
                write!(f, "{:?}", String::from_utf8_lossy(start))
            }
        }
    }
}

const WEBSOCKET: &[u8] = b"websocket";

/// Scheme, the longest name there is, and a port.
const LONGEST: usize = 270;

#[cfg(test)]
mod tests;
#[cfg(test)]
mod vectors;
