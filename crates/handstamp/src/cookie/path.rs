//! The `Path` of a cookie: the paths of the site with which it is sent.

use std::{error::Error, fmt, sync::Arc};

use super::MAX_ATTRIBUTE_VALUE;

/// The `Path` of a cookie ([RFC 6265bis, section
/// 4.1.2.4](https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis#section-4.1.2.4)):
/// begins with `/` and contains only characters of a URL's path ([RFC 3986, section
/// 3.3](https://www.rfc-editor.org/rfc/rfc3986#section-3.3)), but no `;`.
///
/// # Security
/// A path saves bytes; it does not protect. Scripts of the same site can read a cookie of any path.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct CookiePath(Arc<str>);

impl CookiePath {
    /// Returns the path as it is written in the header.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for CookiePath {
    /// Returns `/`: the whole site.
    fn default() -> Self {
        Self("/".into())
    }
}

impl TryFrom<&str> for CookiePath {
    type Error = InvalidCookiePath;

    fn try_from(text: &str) -> Result<Self, Self::Error> {
        if !text.starts_with('/') {
            return Err(InvalidCookiePath(Problem::Relative));
        }
        if text.len() > MAX_ATTRIBUTE_VALUE {
            return Err(InvalidCookiePath(Problem::TooLong(text.len())));
        }
        match text.chars().zip(1..).find(|(c, _)| !is_path_character(*c)) {
            Some((character, position)) => Err(InvalidCookiePath(Problem::Forbidden {
                character,
                position,
            })),
            None => Ok(Self(text.into())),
        }
    }
}

impl fmt::Display for CookiePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Error of a text that is not a valid `Path` of a cookie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct InvalidCookiePath(Problem);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Problem {
    Relative,
    TooLong(usize),
    Forbidden { character: char, position: usize },
}

impl fmt::Display for InvalidCookiePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Problem::Relative => f.write_str(
                "a cookie path begins with '/': browsers put another in its place otherwise",
            ),
            Problem::TooLong(bytes) => write!(
                f,
                "the cookie path has {bytes} bytes: browsers ignore one \
                 of more than {MAX_ATTRIBUTE_VALUE}"
            ),
            Problem::Forbidden {
                character,
                position,
            } => write!(
                f,
                "{character:?} at position {position} cannot be in a cookie path: \
                 write what browsers send as the path of the address, percent-encoded"
            ),
        }
    }
}

impl Error for InvalidCookiePath {}

/// Returns whether the character is a `pchar` or `/`. Of the others, `;` and control characters
/// would begin another attribute or header, and the rest (space, `?`, `#`, non-ASCII letters) never
/// matches: browsers compare with the encoded path.
fn is_path_character(c: char) -> bool {
    c.is_ascii_alphanumeric() || "/-._~%!$&'()*+,=:@".contains(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths() {
        const RELATIVE: &str =
            "a cookie path begins with '/': browsers put another in its place otherwise";
        for (case, text, error) in [
            ("the whole site", "/", None),
            ("one endpoint", "/auth/refresh", None),
            ("every sign", "/-._~%20!$&'()*+,=:@", None),
            ("nothing", "", Some(RELATIVE)),
            ("no slash in front", "auth", Some(RELATIVE)),
            (
                "a whole address",
                "https://example.com/auth",
                Some(RELATIVE),
            ),
            (
                "another attribute",
                "/; Domain=evil.example",
                Some(
                    "';' at position 2 cannot be in a cookie path: write what browsers send as the path of the address, percent-encoded",
                ),
            ),
            (
                "another header",
                "/a\r\nSet-Cookie: a=b",
                Some(
                    "'\\r' at position 3 cannot be in a cookie path: write what browsers send as the path of the address, percent-encoded",
                ),
            ),
        ] {
            let path = CookiePath::try_from(text);
            assert_eq!(
                path.as_ref().err().map(ToString::to_string).as_deref(),
                error,
                "{case}"
            );
            if let Ok(path) = path {
                assert_eq!(path.to_string(), text, "{case}");
            }
        }
        for never in [
            "/ ", "/a b", "/é", "/?", "/#", "/\\", "/\"", "/\0", "/\u{7f}",
        ] {
            assert!(CookiePath::try_from(never).is_err(), "{never:?}");
        }
    }

    #[test]
    fn a_path_that_browsers_would_ignore_is_refused() {
        let longest = format!("/{}", "a".repeat(1023));
        assert!(CookiePath::try_from(longest.as_str()).is_ok());
        let error = CookiePath::try_from(format!("{longest}a").as_str()).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the cookie path has 1025 bytes: browsers ignore one of more than 1024"
        );
    }
}
