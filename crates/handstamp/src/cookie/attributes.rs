//! The attributes of a `Set-Cookie` line, without its lifetime.

use super::{CookieDomain, CookiePath};

/// Selects the cross-site requests with which a browser sends a cookie ([RFC 6265bis, section
/// 4.1.2.7](https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis#section-4.1.2.7)).
///
/// ```
/// use handstamp::{Config, config::SameSite};
///
/// let builder = Config::builder().cookie_samesite(SameSite::Strict);
/// ```
///
/// # Security
/// A site is more than an origin: requests from sibling subdomains are same-site under every value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SameSite {
    /// With no cross-site request, not even when a link is followed.
    Strict,
    /// With links and other top-level navigations by a safe method.
    Lax,
    /// With all cross-site requests. Browsers accept it only together with `Secure`.
    None,
}

impl SameSite {
    /// Returns the word used in `JWT_COOKIE_SAMESITE` and in the header.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Strict => "strict",
            Self::Lax => "lax",
            Self::None => "none",
        }
    }
}

/// The attributes of one cookie, the same each time it is set or deleted. Cheap to clone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Attributes {
    pub(crate) path: CookiePath,
    /// `None`: the browser sends the cookie to the host that set it only.
    pub(crate) domain: Option<CookieDomain>,
    pub(crate) same_site: SameSite,
    /// Whether the cookie is `Secure`.
    pub(crate) secure: bool,
    /// Whether the cookie is `HttpOnly`.
    pub(crate) http_only: bool,
}

impl Attributes {
    /// Returns why a browser would reject a cookie with these attributes, whatever its name ([RFC
    /// 6265bis, section
    /// 5.7](https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis#section-5.7)), as
    /// text for the configuration error. [`super::Prefix::problem`] checks what a name requires.
    pub(crate) fn problem(&self) -> Option<&'static str> {
        (self.same_site == SameSite::None && !self.secure)
            .then_some("SameSite=none needs Secure: browsers drop the cookie otherwise")
    }
}
