//! Double submit, bound to the token: the request repeats a value that only script of our own origin can read.

use std::borrow::Cow;

use ctutils::CtEq as _;

use super::{CsrfDemand, fetch_metadata, masked, method};
use crate::claims::Claims;
use crate::config::Config;
use crate::error::RejectionKind;
use crate::location::Location;
use crate::purpose::sealed::Kind;
use crate::request::{RequestHead, Values};

/// Compares the header, or the form field, with the token's own claim. The CSRF cookie is never read: a sibling subdomain can plant one.
pub(crate) fn check(
    location: Location,
    kind: Kind,
    claims: &Claims,
    head: &impl RequestHead,
    config: &Config,
    demand: CsrfDemand,
) -> Result<(), RejectionKind> {
    if !is_asked(location, kind, head.method(), config, demand) {
        return Ok(());
    }
    match sent(head, config, kind) {
        Values::Missing => Err(missing_value(head, config, kind)),
        Values::Single(value) if matches(&value, claims) => Ok(()),
        Values::Single(_) | Values::Conflicting => Err(RejectionKind::CsrfMismatch),
    }
}

/// For a log-out, which takes an access token and a refresh token at once: the value of one of them proves that a page of
/// its user's sent the request. Tokens of anybody else are dropped: a sibling subdomain can plant one of its own, and
/// knows its value. Without a genuine cookie there is nobody to protect.
pub(crate) fn check_log_out(
    head: &impl RequestHead,
    config: &Config,
    cookies: &mut Vec<(Kind, Box<Claims>)>,
) -> Result<(), RejectionKind> {
    let Some(&(first, _)) = cookies.first() else {
        return Ok(());
    };
    fetch_metadata::check_log_out(head, config)?;
    if !config.settings.cookie_csrf_protect {
        return Ok(());
    }
    let mut missing = true;
    let mut proven = None;
    for (kind, claims) in &*cookies {
        match sent(head, config, *kind) {
            Values::Missing => {}
            Values::Single(value) if matches(&value, claims) => {
                proven = Some(claims.uid());
                break;
            }
            Values::Single(_) | Values::Conflicting => missing = false,
        }
    }
    match proven {
        Some(uid) => {
            cookies.retain(|(_, claims)| claims.uid() == uid);
            Ok(())
        }
        None if missing => Err(missing_value(head, config, first)),
        None => Err(RejectionKind::CsrfMismatch),
    }
}

/// What the header says; where it says nothing, and forms count, what the form says. A wrong header is not made good by a
/// form.
fn sent<'r>(head: &'r impl RequestHead, config: &'r Config, kind: Kind) -> Values<'r> {
    let cookies = config.cookies(kind);
    let in_header = head
        .header_values(&cookies.csrf_header)
        .map(<[u8]>::trim_ascii)
        .filter(|value| !value.is_empty())
        .map(Cow::Borrowed)
        .collect();
    match in_header {
        Values::Missing if config.settings.csrf_check_form => {
            head.body().field(&cookies.csrf_field)
        }
        said => said,
    }
}

/// As it is, or under a mask. An empty claim never matches, and an empty value lies under the shortest mask.
fn matches(value: &[u8], claims: &Claims) -> bool {
    let expected = claims.csrf().unwrap_or_default().as_bytes();
    let same = |value: &[u8]| value.ct_eq(expected).to_bool();
    !expected.is_empty() && (same(value) || masked::unmask(value).is_some_and(|value| same(&value)))
}

fn missing_value(head: &impl RequestHead, config: &Config, kind: Kind) -> RejectionKind {
    let cookies = config.cookies(kind);
    let reads_forms = config.settings.csrf_check_form && head.body().was_read();
    RejectionKind::MissingCsrfToken {
        header: cookies.csrf_header.clone(),
        field: reads_forms.then(|| cookies.csrf_field.clone()),
        cookie: config
            .settings
            .csrf_in_cookies
            .then(|| cookies.csrf.name.to_string()),
    }
}

/// Whether the value is asked for. Only cookies are sent by browsers unasked. A refresh token is never needed by a request
/// that only reads.
pub(super) fn is_asked(
    location: Location,
    kind: Kind,
    method: &str,
    config: &Config,
    demand: CsrfDemand,
) -> bool {
    if location != Location::Cookies || demand != CsrfDemand::Check {
        return false;
    }
    let refreshes = kind == Kind::Refresh;
    // Where cookies are not configured, nobody judged the settings about them. A route that reads them all the same is
    // guarded, and refuses the tokens that were made without a value.
    if !config.settings.token_locations.contains(&Location::Cookies) {
        return refreshes || !method::is_safe(method);
    }
    config.settings.cookie_csrf_protect
        && (refreshes || method::is_listed(method, &config.settings.csrf_methods))
}

#[cfg(test)]
mod tests;
