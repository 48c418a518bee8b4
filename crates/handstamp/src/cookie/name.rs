//! The name of a cookie, and the attributes that its prefix requires.

use std::{error::Error, fmt, sync::Arc};

use memchr::memmem::Finder;

use super::{Attributes, MAX_NAME_AND_VALUE};

/// The name of a cookie: a token
/// ([RFC 6265bis, section
/// 4.1.1](https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis#section-4.1.1), [RFC
/// 9110, section 5.6.2](https://www.rfc-editor.org/rfc/rfc9110#section-5.6.2)) of at most 4096
/// bytes.
// Shared, not copied: every cookie that is set carries its name.
#[derive(Clone)]
pub(crate) struct CookieName(Arc<Searched>);

struct Searched {
    text: String,
    /// Every request is searched for it.
    finder: Finder<'static>,
}

impl CookieName {
    /// Returns the name as it is written in the header.
    pub(crate) fn as_str(&self) -> &str {
        &self.0.text
    }

    /// Returns where these bytes contain the name, without overlaps, also as a part of a longer
    /// one.
    pub(super) fn positions(&self, bytes: &[u8]) -> impl Iterator<Item = usize> {
        self.0.finder.find_iter(bytes)
    }

    /// Returns the prefix by which browsers restrict the cookie.
    pub(crate) fn prefix(&self) -> Option<Prefix> {
        Prefix::LONGEST_FIRST.into_iter().find(|prefix| {
            self.as_str()
                .get(..prefix.as_str().len())
                .is_some_and(|start| start.eq_ignore_ascii_case(prefix.as_str()))
        })
    }
}

impl TryFrom<&str> for CookieName {
    type Error = InvalidCookieName;

    fn try_from(text: &str) -> Result<Self, Self::Error> {
        if text.is_empty() {
            return Err(InvalidCookieName(Problem::Empty));
        }
        if text.len() > MAX_NAME_AND_VALUE {
            return Err(InvalidCookieName(Problem::TooLong(text.len())));
        }
        if text.starts_with('$') {
            return Err(InvalidCookieName(Problem::Reserved));
        }
        match text.chars().zip(1..).find(|(c, _)| !is_token_character(*c)) {
            Some((character, position)) => Err(InvalidCookieName(Problem::Forbidden {
                character,
                position,
            })),
            None => Ok(Self(Arc::new(Searched {
                text: text.to_owned(),
                finder: Finder::new(text).into_owned(),
            }))),
        }
    }
}

impl TryFrom<String> for CookieName {
    type Error = InvalidCookieName;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.as_str().try_into()
    }
}

impl fmt::Display for CookieName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for CookieName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("CookieName").field(&self.as_str()).finish()
    }
}

impl PartialEq for CookieName {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for CookieName {}

/// Error of a text that is not a valid name of a cookie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct InvalidCookieName(Problem);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Problem {
    Empty,
    TooLong(usize),
    Reserved,
    Forbidden { character: char, position: usize },
}

impl fmt::Display for InvalidCookieName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Problem::Empty => f.write_str("a cookie name cannot be empty"),
            Problem::TooLong(bytes) => write!(
                f,
                "the cookie name has {bytes} bytes: browsers drop a cookie \
                 of more than {MAX_NAME_AND_VALUE}"
            ),
            Problem::Reserved => f.write_str(
                "a cookie name cannot begin with `$`: clients by RFC 2109 write their own so, and \
                 they are skipped",
            ),
            Problem::Forbidden {
                character,
                position,
            } => write!(
                f,
                "{character:?} at position {position} cannot be in a cookie name: \
                 letters, digits and !#$%&'*+-.^_`|~ can"
            ),
        }
    }
}

impl Error for InvalidCookieName {}

/// A prefix of a name that requires certain attributes ([RFC 6265bis, section
/// 4.1.3](https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis#section-4.1.3); the
/// two with `Http` come from [layered
/// cookies](https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-layered-cookies)). A browser
/// rejects a cookie that does not have them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Prefix {
    Secure,
    Host,
    Http,
    HostHttp,
}

impl Prefix {
    /// `__Host-Http-` also begins with `__Host-`, so it is compared first.
    const LONGEST_FIRST: [Self; 4] = [Self::HostHttp, Self::Host, Self::Secure, Self::Http];

    /// Returns the prefix as it is written. Browsers compare it without regard to case, and so does
    /// [`CookieName::prefix`].
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Secure => "__Secure-",
            Self::Host => "__Host-",
            Self::Http => "__Http-",
            Self::HostHttp => "__Host-Http-",
        }
    }

    /// Returns what the attributes lack for this prefix, as text for the configuration error.
    pub(crate) fn problem(self, attributes: &Attributes) -> Option<String> {
        let host = matches!(self, Self::Host | Self::HostHttp);
        let http = matches!(self, Self::Http | Self::HostHttp);
        let lacking: Vec<&str> = [
            (!attributes.secure, "Secure"),
            (http && !attributes.http_only, "HttpOnly"),
            (host && attributes.path.as_str() != "/", "Path=/"),
            (host && attributes.domain.is_some(), "no Domain"),
        ]
        .into_iter()
        .filter_map(|(lacks, what)| lacks.then_some(what))
        .collect();
        (!lacking.is_empty()).then(|| {
            format!(
                "a cookie name that begins with {} needs {}: browsers drop the cookie otherwise",
                self.as_str(),
                lacking.join(" and ")
            )
        })
    }
}

/// Returns whether the character is a `tchar` of [RFC 9110, section
/// 5.6.2](https://www.rfc-editor.org/rfc/rfc9110#section-5.6.2).
pub(crate) fn is_token_character(c: char) -> bool {
    c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        for (case, text, error) in [
            ("AuthX's default", "access_token_cookie", None),
            ("every sign a token may hold", "!#$%&'*+-.^_`|~09azAZ", None),
            ("nothing", "", Some("a cookie name cannot be empty")),
            (
                "what RFC 2109 reserves",
                "$Version",
                Some(
                    "a cookie name cannot begin with `$`: clients by RFC 2109 write their own so, and they are skipped",
                ),
            ),
            (
                "an equals sign",
                "a=b",
                Some(
                    "'=' at position 2 cannot be in a cookie name: letters, digits and !#$%&'*+-.^_`|~ can",
                ),
            ),
            (
                "a line break, shown and not sent",
                "ab\r\n",
                Some(
                    "'\\r' at position 3 cannot be in a cookie name: letters, digits and !#$%&'*+-.^_`|~ can",
                ),
            ),
            (
                "positions are counted in characters",
                "éa",
                Some(
                    "'é' at position 1 cannot be in a cookie name: letters, digits and !#$%&'*+-.^_`|~ can",
                ),
            ),
        ] {
            let name = CookieName::try_from(text);
            assert_eq!(
                name.as_ref().err().map(ToString::to_string).as_deref(),
                error,
                "{case}"
            );
            if let Ok(name) = name {
                assert_eq!(name.to_string(), text, "{case}");
                assert_eq!(
                    format!("{name:?}"),
                    format!("CookieName({text:?})"),
                    "{case}"
                );
            }
        }
        for byte in 0..=u8::MAX {
            let c = char::from(byte);
            let allowed = c.is_ascii_graphic() && !"\"(),/:;<=>?@[\\]{}".contains(c);
            assert_eq!(
                CookieName::try_from(format!("a{c}")).is_ok(),
                allowed,
                "{c:?}"
            );
        }
    }

    #[test]
    fn prefixes_are_matched_without_case_and_the_longest_wins() {
        for (name, prefix) in [
            ("access", None),
            ("_Host-access", None),
            ("__Host", None),
            ("x__Host-access", None),
            ("__Host-access", Some(Prefix::Host)),
            ("__HOST-access", Some(Prefix::Host)),
            ("__host-http-access", Some(Prefix::HostHttp)),
            ("__Host-Httpaccess", Some(Prefix::Host)),
            ("__secure-access", Some(Prefix::Secure)),
            ("__HTTP-access", Some(Prefix::Http)),
        ] {
            let found = CookieName::try_from(name).unwrap().prefix();
            assert_eq!(found, prefix, "{name}");
        }
    }
}
