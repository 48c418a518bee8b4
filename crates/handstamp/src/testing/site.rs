//! Origins and sites, as browsers compare them.

use std::net::IpAddr;

use crate::cookie::is_probable_public_suffix;
use crate::origin::Origin;

/// The origin of a page, or the opaque one of a sandboxed frame or a local file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum PageOrigin {
    Tuple(Origin),
    Opaque,
}

impl PageOrigin {
    /// Parses an origin, or `null`.
    ///
    /// # Panics
    /// If it is neither.
    #[track_caller]
    pub(super) fn parse(text: &str) -> Self {
        if text == "null" {
            return Self::Opaque;
        }
        match Origin::try_from(text) {
            Ok(origin) => Self::Tuple(origin),
            Err(problem) => panic!(
                "{text:?} is not the origin of a page ({problem}): \
                 an origin is https://app.example.com, or null for a sandboxed frame"
            ),
        }
    }

    /// Returns the value of the header `Origin`.
    pub(super) fn as_str(&self) -> &str {
        match self {
            Self::Tuple(origin) => origin.as_str(),
            Self::Opaque => "null",
        }
    }

    /// Returns how a request from this page to `target` is related to it, in the words of
    /// `Sec-Fetch-Site`.
    pub(super) fn relation(&self, target: &Origin) -> Relation {
        match self {
            Self::Tuple(origin) if origin == target => Relation::SameOrigin,
            Self::Tuple(origin) if site(origin) == site(target) => Relation::SameSite,
            Self::Tuple(_) | Self::Opaque => Relation::CrossSite,
        }
    }
}

/// How the page that makes a request is related to the request's target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Relation {
    SameOrigin,
    SameSite,
    CrossSite,
}

impl Relation {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::SameOrigin => "same-origin",
            Self::SameSite => "same-site",
            Self::CrossSite => "cross-site",
        }
    }
}

/// Returns the scheme and the registrable domain of an origin ([HTML,
/// sites](https://html.spec.whatwg.org/multipage/browsers.html#sites)).
pub(super) fn site(origin: &Origin) -> (&str, &str) {
    let scheme = origin
        .as_str()
        .split_once("://")
        .map_or("", |(scheme, _)| scheme);
    (scheme, registrable_domain(host(origin)))
}

/// Returns the host without port.
pub(super) fn host(origin: &Origin) -> &str {
    let authority = origin.authority();
    match authority.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => host,
        _ => authority,
    }
}

pub(super) fn is_address(host: &str) -> bool {
    host.starts_with('[') || host.parse::<IpAddr>().is_ok()
}

/// Returns whether a cookie for this domain would be one for the sites of everyone below it.
pub(super) fn is_public_suffix(domain: &str) -> bool {
    !is_address(domain) && (!domain.contains('.') || is_probable_public_suffix(domain))
}

/// Returns the public suffix and one label more; a host that has no more, and an address, whole.
fn registrable_domain(host: &str) -> &str {
    if is_address(host) {
        return host;
    }
    let mut domain = host;
    while let Some((_, parent)) = domain.split_once('.') {
        if is_public_suffix(parent) {
            return domain;
        }
        domain = parent;
    }
    domain
}
