//! `Sec-Fetch-Site`: how the page that started a request relates to the service
//! ([Fetch Metadata, section 2.4](https://www.w3.org/TR/fetch-metadata/#sec-fetch-site-header)).
//!
//! Browsers write it, and script cannot. This module parses it; the policy judges it.

use super::header::Header;

pub(super) const NAME: &str = "sec-fetch-site";

/// The value of the header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Site {
    /// The header is absent: a program, an old browser, or plain HTTP to another machine.
    Absent,
    SameOrigin,
    /// `same-site` or `cross-site`: a sibling subdomain is trusted no more than any other site.
    OtherOrigin,
    /// `none`: the user initiated the request.
    User,
    /// A value that the specification does not define, or two headers.
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
