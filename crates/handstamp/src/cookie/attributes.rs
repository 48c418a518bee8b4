//! What a `Set-Cookie` line says besides name, value and lifetime.

use super::{CookieDomain, CookiePath};

/// When a browser sends a cookie with requests that other sites started
/// ([RFC 6265bis, section
/// 4.1.2.7](https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis#section-4.1.2.7)).
///
/// ```
/// use handstamp::{Config, config::SameSite};
///
/// let builder = Config::builder().cookie_samesite(SameSite::Strict);
/// ```
///
/// # Security
/// A site is more than an origin: requests from sibling subdomains count as same-site under every
/// value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SameSite {
    /// With none of them, not even when a link is followed.
    Strict,
    /// With links and other top-level navigations by a safe method.
    Lax,
    /// With all of them. Browsers accept it only together with `Secure`.
    None,
}

impl SameSite {
    /// The word used in `JWT_COOKIE_SAMESITE`, and on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Strict => "strict",
            Self::Lax => "lax",
            Self::None => "none",
        }
    }
}

/// The attributes of one cookie, the same each time it is set or unset. Cheap to clone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Attributes {
    pub(crate) path: CookiePath,
    /// None: only the host that set the cookie gets it back.
    pub(crate) domain: Option<CookieDomain>,
    pub(crate) same_site: SameSite,
    /// Whether `Secure` is written.
    pub(crate) secure: bool,
    /// Whether `HttpOnly` is written.
    pub(crate) http_only: bool,
}

impl Attributes {
    /// Why a browser would drop a cookie with these attributes whatever its name
    /// ([RFC 6265bis, section
    /// 5.7](https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis#section-5.7)), as
    /// text for the configuration error. What a name asks for is told by
    /// [`super::Prefix::problem`].
    pub(crate) fn problem(&self) -> Option<&'static str> {
        (self.same_site == SameSite::None && !self.secure)
            .then_some("SameSite=none needs Secure: browsers drop the cookie otherwise")
    }
}
