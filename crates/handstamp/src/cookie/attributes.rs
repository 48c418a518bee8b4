//! What a `Set-Cookie` line says besides name, value and lifetime.

use std::{error::Error, fmt, str::FromStr};

use super::{CookieDomain, CookiePath};

/// When a browser sends a cookie with requests that other sites started
/// ([RFC 6265bis, section 4.1.2.7](https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis#section-4.1.2.7)).
///
/// ```
/// use handstamp::cookie::SameSite;
///
/// assert_eq!("Strict".parse(), Ok(SameSite::Strict));
/// assert_eq!(SameSite::Lax.name(), "lax");
/// ```
///
/// # Security
/// A site is more than an origin: requests from sibling subdomains count as same-site under every value.
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
    /// Every value, the strictest first.
    pub const ALL: [Self; 3] = [Self::Strict, Self::Lax, Self::None];

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

impl FromStr for SameSite {
    type Err = UnknownSameSite;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|same_site| same_site.name().eq_ignore_ascii_case(name))
            .ok_or(UnknownSameSite)
    }
}

/// The text names no [`SameSite`].
///
/// ```
/// use handstamp::cookie::SameSite;
///
/// let error = "sometimes".parse::<SameSite>().unwrap_err();
/// assert_eq!(error.to_string(), "not one of strict, lax, none");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct UnknownSameSite;

impl fmt::Display for UnknownSameSite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not one of strict, lax, none")
    }
}

impl Error for UnknownSameSite {}

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
    /// ([RFC 6265bis, section 5.7](https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis#section-5.7)),
    /// as text for the configuration error. What a name asks for is told by [`super::Prefix::problem`].
    pub(crate) fn problem(&self) -> Option<&'static str> {
        (self.same_site == SameSite::None && !self.secure)
            .then_some("SameSite=none needs Secure: browsers drop the cookie otherwise")
    }
}
