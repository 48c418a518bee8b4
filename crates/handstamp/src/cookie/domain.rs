//! The `Domain` of a cookie: the hosts that get it in addition to the one that set it.

use std::{error::Error, fmt, sync::Arc};

use super::public_suffix;

/// The `Domain` of a cookie ([RFC 6265bis, section
/// 4.1.2.3](https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis#section-4.1.2.3)):
/// a host name of at least two labels, in lower case. Without one a cookie is sent to the host that
/// set it, and to no other.
///
/// # Security
/// A domain sends the cookie to every host below it, including those that other parties operate.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct CookieDomain(Arc<str>);

impl CookieDomain {
    /// Returns the domain as it is written in the header.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns whether it is probably a public suffix, for which browsers ignore a cookie ([RFC
    /// 6265bis, section
    /// 5.7](https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis#section-5.7)).
    pub(crate) fn is_probably_public_suffix(&self) -> bool {
        public_suffix::is_probable(&self.0)
    }
}

impl TryFrom<&str> for CookieDomain {
    type Error = InvalidCookieDomain;

    fn try_from(text: &str) -> Result<Self, Self::Error> {
        match problem(text) {
            Some(problem) => Err(InvalidCookieDomain(problem)),
            None => Ok(Self(text.to_ascii_lowercase().into())),
        }
    }
}

impl fmt::Display for CookieDomain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Error of a text that is not a valid `Domain` of a cookie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct InvalidCookieDomain(Problem);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Problem {
    Empty,
    LeadingDot,
    TrailingDot,
    Forbidden { character: char, position: usize },
    SingleLabel,
    BadLabel(Box<str>),
    IpAddress,
    TooLong(usize),
}

impl fmt::Display for InvalidCookieDomain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Problem::Empty => f.write_str(
                "a cookie domain cannot be empty: leave the setting out for cookies of one host",
            ),
            Problem::LeadingDot => f.write_str(
                "a cookie domain begins with a label: leave out the dot in front, \
                 hosts below are included without it",
            ),
            Problem::TrailingDot => {
                f.write_str("a cookie domain ends with a label: leave out the dot at the end")
            }
            Problem::Forbidden {
                character,
                position,
            } => write!(
                f,
                "{character:?} at position {position} cannot be in a cookie domain: write a \
                 host name like example.com, without scheme, port or path, others than ASCII as xn--"
            ),
            Problem::SingleLabel => f.write_str(
                "a cookie domain has at least two labels: browsers let no cookie span \
                 a top-level domain; leave the setting out for cookies of one host",
            ),
            Problem::BadLabel(label) => write!(
                f,
                "{label:?} is no label of a host name: 1 to 63 letters, digits, hyphens and \
                 underscores, no hyphen at either end"
            ),
            Problem::IpAddress => f.write_str(
                "a cookie domain cannot be an IP address: leave the setting out for cookies of one host",
            ),
            Problem::TooLong(bytes) => write!(
                f,
                "the cookie domain has {bytes} bytes: a host name has at most {MAX_HOST_NAME}"
            ),
        }
    }
}

impl Error for InvalidCookieDomain {}

fn problem(text: &str) -> Option<Problem> {
    if text.is_empty() {
        return Some(Problem::Empty);
    }
    if let Some((character, position)) = text
        .chars()
        .zip(1..)
        // Browsers take an underscore in a name, although RFC 1123 does not.
        .find(|(c, _)| !(c.is_ascii_alphanumeric() || "-._".contains(*c)))
    {
        return Some(Problem::Forbidden {
            character,
            position,
        });
    }
    if text.starts_with('.') {
        return Some(Problem::LeadingDot);
    }
    if text.ends_with('.') {
        return Some(Problem::TrailingDot);
    }
    if text.len() > MAX_HOST_NAME {
        return Some(Problem::TooLong(text.len()));
    }
    if let Some(label) = text.split('.').find(|label| !is_label(label)) {
        return Some(Problem::BadLabel(label.into()));
    }
    let last = text.rsplit('.').next().unwrap_or_default();
    if is_number(last) {
        return Some(Problem::IpAddress);
    }
    // By the default rule `*` of the public suffix list, every single label is a public suffix.
    (!text.contains('.')).then_some(Problem::SingleLabel)
}

/// Returns whether the text is a label of a host name ([RFC 1123, section
/// 2.1](https://www.rfc-editor.org/rfc/rfc1123#section-2.1)).
fn is_label(label: &str) -> bool {
    (1..=63).contains(&label.len()) && !label.starts_with('-') && !label.ends_with('-')
}

/// Returns whether the label is a number. Browsers parse a host that ends in one as an IPv4
/// address, including hexadecimal and shortened forms ([URL Standard, "ends in a number
/// checker"](https://url.spec.whatwg.org/#ends-in-a-number-checker)).
fn is_number(label: &str) -> bool {
    let hexadecimal = label
        .strip_prefix("0x")
        .or_else(|| label.strip_prefix("0X"));
    match hexadecimal {
        Some(digits) => digits.bytes().all(|b| b.is_ascii_hexdigit()),
        None => label.bytes().all(|b| b.is_ascii_digit()),
    }
}

/// [RFC 1035, section 2.3.4](https://www.rfc-editor.org/rfc/rfc1035#section-2.3.4), without the
/// length byte and the root.
const MAX_HOST_NAME: usize = 253;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn domains() {
        for (case, text, expected) in [
            ("a site", "example.com", Ok("example.com")),
            ("case", "WWW.Example.COM", Ok("www.example.com")),
            (
                "signs",
                "a-1.xn--bcher-kva.example",
                Ok("a-1.xn--bcher-kva.example"),
            ),
            (
                "digits but for the last label",
                "127.0.0.example",
                Ok("127.0.0.example"),
            ),
            ("nothing", "", Err(Problem::Empty)),
            ("the old dot", ".example.com", Err(Problem::LeadingDot)),
            ("the root", "example.com.", Err(Problem::TrailingDot)),
            ("only a dot", ".", Err(Problem::LeadingDot)),
            ("two dots", "a..example", Err(Problem::BadLabel("".into()))),
            (
                "hyphen in front",
                "-a.example",
                Err(Problem::BadLabel("-a".into())),
            ),
            (
                "hyphen at the end",
                "a-.example",
                Err(Problem::BadLabel("a-".into())),
            ),
            ("a top-level domain", "com", Err(Problem::SingleLabel)),
            ("localhost", "localhost", Err(Problem::SingleLabel)),
            ("an address", "127.0.0.1", Err(Problem::IpAddress)),
            ("an address, shortened", "127.1", Err(Problem::IpAddress)),
            (
                "an address as one number",
                "2130706433",
                Err(Problem::IpAddress),
            ),
            (
                "an address in hexadecimal",
                "0x7f.0X1",
                Err(Problem::IpAddress),
            ),
            (
                "an empty hexadecimal number",
                "a.0x",
                Err(Problem::IpAddress),
            ),
            ("a scheme", "https://example.com", forbidden(':', 6)),
            ("a port", "example.com:443", forbidden(':', 12)),
            ("an IPv6 address", "[::1]", forbidden('[', 1)),
            (
                "another attribute",
                "example.com; Path=/",
                forbidden(';', 12),
            ),
            ("another header", "example.com\r\nX: y", forbidden('\r', 12)),
            ("a letter beyond ASCII", "bücher.example", forbidden('ü', 2)),
            ("an underscore", "a_b.example", Ok("a_b.example")),
        ] {
            let domain = CookieDomain::try_from(text);
            let expected = expected.map_err(InvalidCookieDomain);
            assert_eq!(
                domain.as_ref().map(CookieDomain::as_str),
                expected.as_ref().copied(),
                "{case}"
            );
        }
    }

    #[test]
    fn public_suffixes() {
        for (case, text, expected) in [
            ("of a country", "co.uk", true),
            ("of a country, in capitals", "COM.AU", true),
            ("a site of a country", "example.co.uk", false),
            ("a site with such a name", "co.example", false),
            ("a platform", "github.io", true),
            ("a platform with three labels", "up.railway.app", true),
            ("a site on a platform", "example.github.io", false),
            ("a name that only ends alike", "notgithub.io", false),
            ("a registry", "uk.com", true),
            ("a site", "example.com", false),
            ("a short site of a country", "bbc.uk", false),
        ] {
            let domain = CookieDomain::try_from(text).unwrap();
            assert_eq!(domain.is_probably_public_suffix(), expected, "{case}");
        }
    }

    #[test]
    fn lengths() {
        let label = "a".repeat(63);
        let longest = format!("{label}.{label}.{label}.{}", "a".repeat(61));
        assert!(CookieDomain::try_from(longest.as_str()).is_ok());
        assert_eq!(
            CookieDomain::try_from(format!("a{longest}").as_str()),
            Err(InvalidCookieDomain(Problem::TooLong(254)))
        );
        assert!(CookieDomain::try_from(format!("a{label}.example").as_str()).is_err());
    }

    #[test]
    fn every_problem_names_its_cure() {
        for (text, error) in [
            (
                "",
                "a cookie domain cannot be empty: leave the setting out for cookies of one host",
            ),
            (
                "a.",
                "a cookie domain ends with a label: leave out the dot at the end",
            ),
            (
                "a:1",
                "':' at position 2 cannot be in a cookie domain: write a host name like example.com, without scheme, port or path, others than ASCII as xn--",
            ),
            (
                "com",
                "a cookie domain has at least two labels: browsers let no cookie span a top-level domain; leave the setting out for cookies of one host",
            ),
            (
                "a..b",
                "\"\" is no label of a host name: 1 to 63 letters, digits, hyphens and underscores, no hyphen at either end",
            ),
            (
                "1.1",
                "a cookie domain cannot be an IP address: leave the setting out for cookies of one host",
            ),
        ] {
            assert_eq!(CookieDomain::try_from(text).unwrap_err().to_string(), error);
        }
    }

    fn forbidden(character: char, position: usize) -> Result<&'static str, Problem> {
        Err(Problem::Forbidden {
            character,
            position,
        })
    }
}
