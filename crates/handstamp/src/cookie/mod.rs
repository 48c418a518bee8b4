//! Cookies: reading them from requests, writing them into responses (RFC 6265bis).
//!
//! Everything that ends up in a `Set-Cookie` line is a type here, checked once when the configuration is built:
//!
//! ```
//! use handstamp::cookie::{CookieDomain, CookieName, CookiePath, SameSite};
//!
//! assert!(CookieName::try_from("access_token_cookie").is_ok());
//! assert!(CookiePath::try_from("/auth").is_ok());
//! assert!(CookieDomain::try_from("example.com").is_ok());
//! assert_eq!("Lax".parse(), Ok(SameSite::Lax));
//!
//! let error = CookieName::try_from("access token").unwrap_err();
//! assert!(error.to_string().starts_with("' ' at position 7 "));
//! ```
mod attributes;
mod domain;
mod name;
mod path;
mod read;
mod set_cookie;
#[cfg(test)]
mod tests;

pub(crate) use attributes::Attributes;
pub use attributes::{SameSite, UnknownSameSite};
pub use domain::{CookieDomain, InvalidCookieDomain};
pub use name::{CookieName, InvalidCookieName};
pub use path::{CookiePath, InvalidCookiePath};
pub(crate) use read::{Candidates, find};
pub(crate) use set_cookie::Lifetime;
pub use set_cookie::{CookieError, SetCookie};

/// A browser drops a cookie whose name and value are longer together, without a word
/// ([RFC 6265bis, section 5.6](https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis#section-5.6)).
const MAX_NAME_AND_VALUE: usize = 4096;

/// A browser ignores an attribute whose value is longer
/// ([RFC 6265bis, section 5.6](https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis#section-5.6)).
const MAX_ATTRIBUTE_VALUE: usize = 1024;
