//! The header `Origin`: which page started a request
//! ([Fetch, section 3.2](https://fetch.spec.whatwg.org/#origin-header)).
//!
//! Browsers write it, and script cannot. Here it is compared with the configured origins, whole
//! ([RFC 6454, section 5](https://www.rfc-editor.org/rfc/rfc6454#section-5)), and with `Host` where
//! the policy says so.

use super::header::Header;
use crate::config::Config;
use crate::origin::Origin;
use crate::request::RequestHead;

pub(super) const NAME: &str = "origin";

/// The page that the header names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sender {
    /// The header is absent.
    Absent,
    /// `HANDSTAMP_PUBLIC_ORIGIN`.
    Own,
    /// One of `HANDSTAMP_TRUSTED_ORIGINS`, which may list the public origin as well.
    Trusted,
    /// Any other origin, a value that is not an origin, or two headers.
    Unknown,
}

pub(super) fn sender(header: &Header<'_>, config: &Config) -> Sender {
    if matches!(header, Header::Absent) {
        return Sender::Absent;
    }
    let Some(origin) = parse(header) else {
        return Sender::Unknown;
    };
    if config.settings.trusted_origins.contains(&origin) {
        Sender::Trusted
    } else if config.settings.public_origin.as_ref() == Some(&origin) {
        Sender::Own
    } else {
        Sender::Unknown
    }
}

/// Returns whether the header names the public origin, which may be listed as trusted as well.
pub(super) fn is_public(header: &Header<'_>, config: &Config) -> bool {
    config.settings.public_origin.is_some()
        && parse(header).as_ref() == config.settings.public_origin.as_ref()
}

/// Returns whether host and port of the header are those of `Host`, letter for letter. Browsers
/// write neither with a default port, and some proxies write `Host` with it.
pub(super) fn names_host(header: &Header<'_>, head: &impl RequestHead) -> bool {
    let host = match Header::of(head, "host") {
        Header::One(host) => Some(host),
        Header::Absent => head.authority().map(str::as_bytes),
        Header::Several => None,
    };
    let (Some(origin), Some(host)) = (parse(header), host) else {
        return false;
    };
    let default_port: &[u8] = if origin.is_https() { b":443" } else { b":80" };
    let without_port = host.strip_suffix(default_port);
    origin.is_web()
        && [Some(host), without_port]
            .into_iter()
            .flatten()
            .any(|host| host.eq_ignore_ascii_case(origin.authority().as_bytes()))
}

fn parse(header: &Header<'_>) -> Option<Origin> {
    let Header::One(text) = header else {
        return None;
    };
    Origin::try_from(str::from_utf8(text).ok()?).ok()
}
