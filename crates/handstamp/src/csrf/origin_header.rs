//! The header `Origin`: which page started a request
//! ([Fetch, section 3.2](https://fetch.spec.whatwg.org/#origin-header)).
//!
//! Browsers write it, and script cannot. It is compared as a whole with the configured origins
//! ([RFC 6454, section 5](https://www.rfc-editor.org/rfc/rfc6454#section-5)), never with `Host`.
//! The policy judges the result.

use super::header::Header;
use crate::config::Config;
use crate::origin::Origin;

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
    let text = match header {
        Header::Absent => return Sender::Absent,
        Header::Several => return Sender::Unknown,
        Header::One(text) => text,
    };
    let origin = str::from_utf8(text).ok().map(Origin::try_from);
    let Some(Ok(origin)) = origin else {
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
