//! The setting that adds the prefixes of RFC 6265bis to the names of cookies.

use super::parse::{
    FromText, Invalid, ToText,
    choice::{choice, word},
};

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
        choice(text, &WORDS)
    }
}

impl ToText for CookiePrefix {
    fn to_text(&self) -> Option<String> {
        word(self, &WORDS)
    }
}

const WORDS: [(&str, CookiePrefix); 2] =
    [("none", CookiePrefix::None), ("host", CookiePrefix::Host)];
