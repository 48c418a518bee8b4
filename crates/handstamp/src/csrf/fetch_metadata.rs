//! `Sec-Fetch-Site`: how the page that started a request relates to the service
//! ([Fetch Metadata, section 2.4](https://www.w3.org/TR/fetch-metadata/#sec-fetch-site-header)).
//!
//! Browsers write it, and script cannot. It is read here, and judged by the policy.

use super::header::Header;

pub(super) const NAME: &str = "sec-fetch-site";

/// The value of the header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Site {
    /// There is no such header: a program, an old browser, or plain HTTP to another machine.
    Absent,
    SameOrigin,
    /// `same-site` or `cross-site`: a sibling subdomain is trusted no more than any other site.
    OtherOrigin,
    /// The word `none`: the user started the request.
    User,
    /// A word that the specification does not have, or two headers.
    Unknown,
}

pub(super) fn site(header: &Header<'_>) -> Site {
    match header {
        Header::Absent => Site::Absent,
        Header::One(b"same-origin") => Site::SameOrigin,
        Header::One(b"same-site" | b"cross-site") => Site::OtherOrigin,
        Header::One(b"none") => Site::User,
        Header::One(_) | Header::Several => Site::Unknown,
    }
}
