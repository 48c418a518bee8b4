//! Writes one `Set-Cookie` line.

use std::{fmt, sync::Arc, time::Duration};

use super::{CookieDomain, LONGEST_MAX_AGE, MAX_NAME_AND_VALUE, NamedCookie};

/// One `Set-Cookie` line ([RFC 6265bis, section
/// 4.1](https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis#section-4.1)). Each
/// must be a separate header line: `Set-Cookie` lines are never folded into one with a comma.
///
/// ```
/// use handstamp::SetCookie;
///
/// // What an adapter does with them.
/// fn headers(cookies: &[SetCookie]) -> Vec<(&'static str, String)> {
///     cookies.iter().map(|cookie| ("set-cookie", cookie.to_header_value())).collect()
/// }
/// # assert!(headers(&[]).is_empty());
/// ```
///
/// # Security
/// The value is a token or protects one: `Debug` prints `[redacted]` in its place, and there is no
/// `Display`.
#[derive(Clone)]
#[must_use = "the browser learns of the cookie only when the line is in the response"]
pub struct SetCookie {
    cookie: Arc<NamedCookie>,
    kind: Kind,
    line: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Set(Lifetime),
    Deletion,
}

impl SetCookie {
    /// Creates a line that sets the cookie.
    pub(crate) fn set(
        cookie: &Arc<NamedCookie>,
        value: &str,
        lifetime: Lifetime,
    ) -> Result<Self, CookieError> {
        let name = &cookie.name;
        // Tokens and CSRF values are base64url and dots. If that ever changed, the value must not
        // become another attribute. No byte ends the loop early, so that the compiler can use
        // vector instructions.
        if !value
            .bytes()
            .fold(true, |all, byte| all & is_cookie_octet(byte))
        {
            return Err(CookieError::Unwritable {
                name: name.to_string(),
            });
        }
        let size = name.as_str().len() + value.len();
        if size > MAX_NAME_AND_VALUE {
            return Err(CookieError::TooLarge {
                name: name.to_string(),
                size,
            });
        }
        Ok(Self::new(cookie, value, Kind::Set(lifetime)))
    }

    /// Creates a line that deletes the cookie. It repeats the attributes that the cookie was set
    /// with: a browser finds the cookie by name, `Domain` and `Path`, and ignores a line without
    /// `Secure` for a `__Host-` or `__Secure-` name, or with `SameSite=none`.
    pub(crate) fn unset(cookie: &Arc<NamedCookie>) -> Self {
        Self::new(cookie, "", Kind::Deletion)
    }

    fn new(cookie: &Arc<NamedCookie>, value: &str, kind: Kind) -> Self {
        Self {
            cookie: Arc::clone(cookie),
            kind,
            line: line(cookie, value, kind),
        }
    }

    /// Returns the same line with another lifetime. A deletion stays a deletion.
    pub(crate) fn with_lifetime(self, lifetime: Lifetime) -> Self {
        match self.kind {
            Kind::Set(_) => Self::new(&self.cookie, self.value(), Kind::Set(lifetime)),
            Kind::Deletion => self,
        }
    }

    /// Neither a name nor a value contains what ends it.
    fn value(&self) -> &str {
        let after_name = self.line.split_once('=').map_or("", |(_, rest)| rest);
        after_name
            .split_once(';')
            .map_or(after_name, |(value, _)| value)
    }

    /// Returns the name of the cookie that this line sets or deletes.
    #[must_use]
    pub fn name(&self) -> &str {
        self.cookie.name.as_str()
    }

    /// Returns the value of the header `Set-Cookie`: visible ASCII and spaces only.
    ///
    /// # Security
    /// Contains the token. It belongs in the response and nowhere else.
    #[must_use]
    pub fn to_header_value(&self) -> String {
        self.line.clone()
    }

    pub(crate) fn into_header_value(self) -> String {
        self.line
    }

    /// Returns whether a browser that gets this line after the line `earlier` drops the cookie of
    /// `earlier`: it keeps one for each name, `Domain`, `Path` and partition ([RFC 6265bis,
    /// 5.7](https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis#section-5.7)). An
    /// adapter then sends the later line only.
    ///
    /// ```
    /// # use handstamp::{Auth, Config};
    /// # let auth = Auth::new(Config::builder().secret_key([7; 32].as_slice()).build()?)?;
    /// let token = auth.create_access_token("user1")?;
    /// let set: Vec<_> = auth.set_access_cookies(&token)?.lines().cloned().collect();
    /// let unset: Vec<_> = auth.unset_access_cookies().lines().cloned().collect();
    /// assert!(unset[0].replaces(&set[0].to_header_value()));
    /// assert!(!unset[0].replaces(&set[1].to_header_value()));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn replaces(&self, earlier: &str) -> bool {
        let mut parts = earlier.split(';').map(str::trim);
        let pair = parts.next().unwrap_or_default();
        let (mut domain, mut path, mut partitioned) = (None, None, false);
        for part in parts {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            if name.eq_ignore_ascii_case("partitioned") {
                partitioned = true;
            } else if name.eq_ignore_ascii_case("domain") {
                domain = Some(value.trim_start_matches('.').to_ascii_lowercase());
            } else if name.eq_ignore_ascii_case("path") {
                path = Some(value);
            }
        }
        let own = &self.cookie.attributes;
        pair.split('=').next().map(str::trim_end) == Some(self.name())
            && domain.as_deref() == own.domain.as_ref().map(CookieDomain::as_str)
            && path == Some(own.path.as_str())
            && partitioned == own.partitioned
    }
}

fn line(cookie: &NamedCookie, value: &str, kind: Kind) -> String {
    let NamedCookie {
        start,
        domain,
        http_only,
        end,
        ..
    } = cookie;
    match kind {
        Kind::Set(Lifetime::Session) => [start, value, domain, http_only, end].concat(),
        Kind::Set(Lifetime::Persistent(span)) => {
            let max_age = span.min(LONGEST_MAX_AGE).as_secs().to_string();
            [start, value, domain, http_only, "; Max-Age=", &max_age, end].concat()
        }
        Kind::Deletion => [start, value, domain, EXPIRED, http_only, "; Max-Age=0", end].concat(),
    }
}

const EXPIRED: &str = "; Expires=Thu, 01 Jan 1970 00:00:00 GMT";

#[expect(
    clippy::missing_fields_in_debug,
    reason = "the line contains the value"
)]
impl fmt::Debug for SetCookie {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SetCookie")
            .field("name", &self.name())
            .field("value", &format_args!("[redacted]"))
            .field("attributes", &self.cookie.attributes)
            .field("kind", &self.kind)
            .finish()
    }
}

/// The reason why a cookie is not written.
#[derive(Debug)]
pub(crate) enum CookieError {
    /// Its value contains characters that cookies cannot carry.
    Unwritable { name: String },
    /// Name and value together are longer than [`MAX_NAME_AND_VALUE`] bytes.
    TooLarge { name: String, size: usize },
}

/// The lifetime of a cookie in the browser.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lifetime {
    /// Until the browser is closed, or for as long as it restores sessions.
    Session,
    /// This many whole seconds, rounded down. Zero deletes the cookie at once.
    Persistent(Duration),
}

/// Returns whether the byte is a `cookie-octet` of [RFC 6265bis, section
/// 4.1.1](https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis#section-4.1.1). The
/// pair of quotes that the grammar allows around a value is refused: parsers disagree on whether
/// they belong to it.
const fn is_cookie_octet(byte: u8) -> bool {
    byte.is_ascii_graphic() && !matches!(byte, b'"' | b',' | b';' | b'\\')
}
