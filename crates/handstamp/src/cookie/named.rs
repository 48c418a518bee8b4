//! A cookie without its value, with what is the same in each of its `Set-Cookie` lines.

use super::{Attributes, CookieDomain, CookieName};

/// A cookie without its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NamedCookie {
    pub(crate) name: CookieName,
    pub(crate) attributes: Attributes,
    /// The name, and the sign behind it.
    pub(super) start: String,
    /// `Domain`, where there is one.
    pub(super) domain: String,
    /// `HttpOnly`, where it is.
    pub(super) http_only: &'static str,
    /// What stands behind `Max-Age`.
    pub(super) end: String,
}

impl NamedCookie {
    /// The attributes stand in alphabetical order, and `Secure` at the end, as AuthX writes them.
    pub(crate) fn new(name: CookieName, attributes: Attributes) -> Self {
        let domain = attributes.domain.as_ref().map(CookieDomain::as_str);
        let if_set = |flag, key| if flag { key } else { "" };
        Self {
            start: format!("{name}="),
            domain: domain.map_or_else(String::new, |domain| format!("; Domain={domain}")),
            http_only: if_set(attributes.http_only, "; HttpOnly"),
            end: format!(
                "{}; Path={}; SameSite={}{}",
                if_set(attributes.partitioned, "; Partitioned"),
                attributes.path.as_str(),
                attributes.same_site.name(),
                if_set(attributes.secure, "; Secure"),
            ),
            name,
            attributes,
        }
    }
}
