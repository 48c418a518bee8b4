//! The names and paths of the cookies, for messages and adapters.

use serde::ser::{Serialize, SerializeStruct, Serializer};

use super::config::Config;
use crate::cookie::SameSite;
use crate::purpose::Purpose;

/// The names of one purpose's cookies and header, for a page or client that the application serves.
/// It serializes as an object whose members are `cookie`, `csrf_cookie` and `csrf_header`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct CookieNames<'c> {
    /// The name of the cookie that carries the token.
    pub cookie: &'c str,
    /// The name of the cookie from which script reads the CSRF value. With
    /// `JWT_CSRF_IN_COOKIES=false`, no such cookie is set.
    pub csrf_cookie: &'c str,
    /// The name of the header that repeats the CSRF value.
    pub csrf_header: &'c str,
    /// The path below which browsers send the token.
    pub path: &'c str,
    /// Whether the cookies have the attribute Secure, as `JWT_COOKIE_SECURE` says. A cookie that an
    /// application sets next to them needs the same.
    pub secure: bool,
    /// The SameSite of the token's cookie.
    pub same_site: SameSite,
    /// Whether the cookies have the attribute Partitioned, as `HANDSTAMP_COOKIE_PARTITIONED` says.
    pub partitioned: bool,
}

impl CookieNames<'_> {
    /// Returns whether browsers send the token to a route ([RFC 6265, section
    /// 5.1.4](https://www.rfc-editor.org/rfc/rfc6265#section-5.1.4)).
    ///
    /// ```
    /// use handstamp::{Config, purpose::Refresh};
    ///
    /// let config = Config::builder()
    ///     .secret_key("a secret of at least thirty-two bytes")
    ///     .refresh_cookie_path("/session")
    ///     .build()?;
    /// let names = config.names::<Refresh>();
    /// assert!(names.are_sent_to("/session/refresh"));
    /// assert!(!names.are_sent_to("/sessions"));
    /// # Ok::<(), handstamp::error::ConfigError>(())
    /// ```
    #[must_use]
    pub fn are_sent_to(&self, route: &str) -> bool {
        route.strip_prefix(self.path).is_some_and(|rest| {
            rest.is_empty() || rest.starts_with('/') || self.path.ends_with('/')
        })
    }
}

impl Config {
    /// Returns the names in force for tokens of purpose `P`, prefix included.
    ///
    /// ```
    /// use handstamp::{Config, purpose::Access};
    ///
    /// let config = Config::builder().secret_key("a secret of at least thirty-two bytes").build()?;
    /// assert_eq!(config.names::<Access>().csrf_cookie, "csrf_access_token");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn names<P: Purpose>(&self) -> CookieNames<'_> {
        let cookies = self.cookies(P::KIND);
        CookieNames {
            cookie: cookies.token.name.as_str(),
            csrf_cookie: cookies.csrf.name.as_str(),
            csrf_header: &cookies.csrf_header,
            path: cookies.token.attributes.path.as_str(),
            secure: cookies.token.attributes.secure,
            same_site: cookies.token.attributes.same_site,
            partitioned: cookies.token.attributes.partitioned,
        }
    }
}

impl Serialize for CookieNames<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut names = serializer.serialize_struct("CookieNames", 3)?;
        names.serialize_field("cookie", self.cookie)?;
        names.serialize_field("csrf_cookie", self.csrf_cookie)?;
        names.serialize_field("csrf_header", self.csrf_header)?;
        names.end()
    }
}
