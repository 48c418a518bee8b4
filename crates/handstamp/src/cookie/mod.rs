//! Cookies: parses them from requests and writes them into responses (RFC 6265bis). Each part of a
//! `Set-Cookie` line is a type here, checked once when the configuration is built.

mod attributes;
mod domain;
mod name;
mod named;
mod path;
mod public_suffix;
mod read;
mod set_cookie;
mod set_cookies;
#[cfg(test)]
mod tests;

use std::time::Duration;

pub(crate) use attributes::Attributes;
pub use attributes::SameSite;
pub(crate) use domain::CookieDomain;
pub(crate) use name::{CookieName, is_token_character};
pub(crate) use named::NamedCookie;
pub(crate) use path::CookiePath;
#[cfg(any(test, feature = "testing"))]
pub(crate) use public_suffix::is_probable as is_probable_public_suffix;
pub(crate) use read::{Candidates, find};
pub use set_cookie::SetCookie;
pub(crate) use set_cookie::{CookieError, Lifetime};
pub use set_cookies::SetCookies;

/// The size of name and value together, in bytes, above which a browser silently rejects a cookie
/// ([RFC 6265bis, section
/// 5.6](https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis#section-5.6)).
pub(crate) const MAX_NAME_AND_VALUE: usize = 4096;

/// 400 days, to which browsers limit `Max-Age` ([RFC 6265bis, section
/// 5.5](https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis#section-5.5)).
pub(crate) const LONGEST_MAX_AGE: Duration = Duration::from_secs(400 * 24 * 60 * 60);

/// The length of the value of an attribute, in bytes, above which a browser ignores it ([RFC
/// 6265bis, section
/// 5.6](https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis#section-5.6)).
const MAX_ATTRIBUTE_VALUE: usize = 1024;
