//! The setting that adds the prefixes of RFC 6265bis to the names of cookies.

use super::parse::{FromText, Invalid, choice::choice};

/// A prefix of cookie names with which browsers reject cookies that another host or a script set.
///
/// ```
/// use handstamp::{Config, config::CookiePrefix};
///
/// let builder = Config::builder().cookie_prefix(CookiePrefix::Host);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum CookiePrefix {
    /// No prefix: the names are used as configured.
    None,
    /// `__Host-Http-` for token cookies, `__Host-` for CSRF cookies: `Secure`, with the path `/`,
    /// without a domain.
    Host,
}

impl FromText for CookiePrefix {
    fn from_text(text: &str) -> Result<Self, Invalid> {
        choice(text, &[("none", Self::None), ("host", Self::Host)])
    }
}
