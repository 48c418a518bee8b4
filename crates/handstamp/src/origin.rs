//! A web origin, as browsers serialize it.

use std::{
    fmt,
    net::{Ipv4Addr, Ipv6Addr},
};

/// The origin of a web page: scheme, host and port, as serialized in the header `Origin` ([RFC
/// 6454, section 6.2](https://www.rfc-editor.org/rfc/rfc6454#section-6.2)).
///
/// In lower case and without the default port of the scheme, so that two origins are equal exactly
/// if their texts are. It is never a pattern: no wildcard, no path, nothing to compare by prefix or
/// suffix.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Origin {
    text: String,
    host: Host,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Host {
    Name(String),
    V4(Ipv4Addr),
    V6(Ipv6Addr),
}

impl Origin {
    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    /// Returns whether the host is this machine: `localhost` and names below it, 127.0.0.0/8,
    /// `[::1]`.
    pub(crate) fn is_loopback(&self) -> bool {
        match &self.host {
            Host::Name(name) => name == "localhost" || name.ends_with(".localhost"),
            Host::V4(address) => address.is_loopback(),
            Host::V6(address) => address.is_loopback(),
        }
    }

    /// Returns host and port, without a default port.
    pub(crate) fn authority(&self) -> &str {
        self.text.split_once("://").map_or("", |(_, rest)| rest)
    }

    /// Returns whether a server can have the origin: its scheme is `http` or `https`.
    pub(crate) fn is_web(&self) -> bool {
        self.is_https() || self.text.starts_with("http:")
    }

    pub(crate) fn is_https(&self) -> bool {
        self.text.starts_with("https:")
    }

    /// Returns whether a cookie with this `Domain` is sent to the origin ([RFC 6265, section
    /// 5.1.3]). An address has no domains.
    ///
    /// [RFC 6265, section 5.1.3]: https://www.rfc-editor.org/rfc/rfc6265#section-5.1.3
    pub(crate) fn domain_matches(&self, domain: &str) -> bool {
        match &self.host {
            Host::Name(name) => name
                .strip_suffix(domain)
                .is_some_and(|rest| rest.is_empty() || rest.ends_with('.')),
            Host::V4(_) | Host::V6(_) => false,
        }
    }
}

impl TryFrom<&str> for Origin {
    type Error = InvalidOrigin;

    fn try_from(text: &str) -> Result<Self, Self::Error> {
        let text = text.to_ascii_lowercase();
        let (scheme, authority) = text.split_once("://").ok_or(InvalidOrigin::NotAnOrigin)?;
        if !is_scheme(scheme) {
            return Err(InvalidOrigin::Scheme);
        }
        let default_port = match scheme {
            "https" => Some(443),
            "http" => Some(80),
            _ => None,
        };
        if authority.contains('*') {
            return Err(InvalidOrigin::Wildcard);
        }
        if authority.contains('@') {
            return Err(InvalidOrigin::UserInfo);
        }
        if authority.contains(['/', '?', '#', '\\']) {
            return Err(InvalidOrigin::MoreThanAnOrigin);
        }
        // The colons of an IPv6 address are inside brackets.
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
            _ => (authority, None),
        };
        let host = Host::parse(host).ok_or(InvalidOrigin::Host)?;
        let port = match port {
            None => None,
            Some(digits) => Some(parse_port(digits).ok_or(InvalidOrigin::Port)?),
        };
        let text = match port {
            Some(port) if default_port != Some(port) => format!("{scheme}://{host}:{port}"),
            _ => format!("{scheme}://{host}"),
        };
        Ok(Self { text, host })
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Host {
    fn parse(text: &str) -> Option<Self> {
        if let Some(inner) = text.strip_prefix('[') {
            let address: Ipv6Addr = inner.strip_suffix(']')?.parse().ok()?;
            // Rust formats an embedded IPv4 address with dots, browsers do not; no site is served
            // from one.
            return address
                .to_ipv4_mapped()
                .is_none()
                .then_some(Self::V6(address));
        }
        let last = text.rsplit('.').next()?;
        // Browsers parse any host whose last label is a number as an IPv4 address (0x7f.1 is
        // 127.0.0.1): https://url.spec.whatwg.org/#ends-in-a-number-checker. Only the form that
        // they serialize is accepted here.
        if last.starts_with("0x") || last.bytes().all(|byte| byte.is_ascii_digit()) {
            return text.parse().ok().map(Self::V4);
        }
        let is_label = |label: &str| {
            (1..=63).contains(&label.len())
                && label
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
        };
        (text.len() <= 253 && text.split('.').all(is_label)).then(|| Self::Name(text.to_owned()))
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => f.write_str(name),
            Self::V4(address) => write!(f, "{address}"),
            Self::V6(address) => write!(f, "[{address}]"),
        }
    }
}

/// A scheme ([RFC 3986, section 3.1](https://www.rfc-editor.org/rfc/rfc3986#section-3.1)), in lower
/// case. Web views and extensions have their own, such as `capacitor` and `chrome-extension`.
fn is_scheme(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_lowercase())
        && text.bytes().all(|byte| {
            byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"+-.".contains(&byte)
        })
}

/// Parses digits only (`u16` would accept a sign), and no zero.
fn parse_port(digits: &str) -> Option<u16> {
    let only_digits = digits.bytes().all(|byte| byte.is_ascii_digit());
    digits.parse().ok().filter(|&port| only_digits && port != 0)
}

/// The reason why a text is not an [`Origin`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum InvalidOrigin {
    /// It does not contain `://`.
    NotAnOrigin,
    /// The scheme is neither `http` nor `https`.
    Scheme,
    /// It contains `*`.
    Wildcard,
    /// It contains a user name or password.
    UserInfo,
    /// A path, query or fragment follows the host, even if it is only a slash.
    MoreThanAnOrigin,
    /// The host is neither an ASCII name nor an address in the form of browsers.
    Host,
    /// The port is not a number from 1 to 65535.
    Port,
}

impl fmt::Display for InvalidOrigin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotAnOrigin => "not an origin",
            Self::Scheme => "an origin begins with a scheme such as https",
            Self::Wildcard => "an origin is exact and has no wildcards",
            Self::UserInfo => "an origin has no user name or password",
            Self::MoreThanAnOrigin => "an origin ends after the host and port, without a slash",
            Self::Host => "the host is not a name in ASCII or an address as browsers write it",
            Self::Port => "the port is not a number from 1 to 65535",
        })
    }
}

impl std::error::Error for InvalidOrigin {}

#[cfg(test)]
mod tests {
    use super::{InvalidOrigin, Origin};

    #[test]
    #[expect(clippy::too_many_lines, reason = "a table")]
    fn origins() {
        use InvalidOrigin as Why;
        let rows: &[(&str, &str, Result<&str, Why>)] = &[
            ("plain", "https://example.com", Ok("https://example.com")),
            (
                "upper case",
                "HTTPS://Example.COM",
                Ok("https://example.com"),
            ),
            (
                "default port",
                "http://example.com:80",
                Ok("http://example.com"),
            ),
            (
                "other port",
                "https://example.com:80",
                Ok("https://example.com:80"),
            ),
            (
                "port with zeros",
                "https://example.com:00443",
                Ok("https://example.com"),
            ),
            (
                "punycode",
                "https://xn--bcher-kva.example",
                Ok("https://xn--bcher-kva.example"),
            ),
            ("IPv4", "http://127.0.0.1:8000", Ok("http://127.0.0.1:8000")),
            (
                "IPv6, long",
                "http://[0:0:0:0:0:0:0:1]:80",
                Ok("http://[::1]"),
            ),
            ("empty", "", Err(Why::NotAnOrigin)),
            ("opaque", "null", Err(Why::NotAnOrigin)),
            ("host alone", "example.com", Err(Why::NotAnOrigin)),
            (
                "a web view",
                "capacitor://localhost",
                Ok("capacitor://localhost"),
            ),
            (
                "a web view on a port",
                "Tauri://localhost:443",
                Ok("tauri://localhost:443"),
            ),
            (
                "an extension",
                "chrome-extension://abcdefghijklmnopabcdefghijklmnop",
                Ok("chrome-extension://abcdefghijklmnopabcdefghijklmnop"),
            ),
            ("no scheme", "://example.com", Err(Why::Scheme)),
            (
                "a scheme with a space",
                "a b://example.com",
                Err(Why::Scheme),
            ),
            ("a file", "file://", Err(Why::Host)),
            ("star", "https://*.example.com", Err(Why::Wildcard)),
            ("only a star", "*", Err(Why::NotAnOrigin)),
            ("user", "https://a:b@example.com", Err(Why::UserInfo)),
            ("slash", "https://example.com/", Err(Why::MoreThanAnOrigin)),
            (
                "backslash",
                "https://example.com\\",
                Err(Why::MoreThanAnOrigin),
            ),
            ("query", "https://example.com?a", Err(Why::MoreThanAnOrigin)),
            (
                "fragment",
                "https://example.com#a",
                Err(Why::MoreThanAnOrigin),
            ),
            ("not ASCII", "https://bücher.example", Err(Why::Host)),
            ("space", "https://example.com ", Err(Why::Host)),
            ("no host", "https://", Err(Why::Host)),
            ("no host but a port", "https://:8", Err(Why::Host)),
            ("empty label", "https://a..b", Err(Why::Host)),
            ("final dot", "https://example.com.", Err(Why::Host)),
            ("short IPv4", "http://127.1", Err(Why::Host)),
            ("hexadecimal IPv4", "http://0x7f.0.0.0x1", Err(Why::Host)),
            ("IPv4 in IPv6", "http://[::ffff:127.0.0.1]", Err(Why::Host)),
            ("bare IPv6", "http://::1", Err(Why::Host)),
            ("open bracket", "http://[::1", Err(Why::Host)),
            ("text after the bracket", "http://[::1]a", Err(Why::Host)),
            ("empty port", "https://example.com:", Err(Why::Port)),
            ("port zero", "https://example.com:0", Err(Why::Port)),
            ("large port", "https://example.com:65536", Err(Why::Port)),
            ("signed port", "https://example.com:+443", Err(Why::Port)),
        ];
        for (name, text, expected) in rows {
            let origin = Origin::try_from(*text);
            assert_eq!(
                origin.as_ref().map(|origin| origin.text.as_str()),
                expected.as_ref().copied(),
                "{name}"
            );
            if let Ok(origin) = origin {
                assert_eq!(
                    Origin::try_from(origin.text.as_str()),
                    Ok(origin),
                    "{name}: not stable"
                );
            }
        }
    }

    #[test]
    fn loopback_and_domains() {
        let rows = [
            ("http://localhost:3000", true, "localhost", true),
            ("http://app.localhost", true, "localhost", true),
            ("http://127.8.8.8", true, "8.8.8", false),
            ("http://[::1]:1", true, "1", false),
            ("http://notlocalhost", false, "localhost", false),
            ("http://128.0.0.1", false, "0.0.1", false),
            ("https://app.example.com", false, "example.com", true),
            ("https://app.example.com", false, "app.example.com", true),
            ("https://example.com", false, "app.example.com", false),
            ("https://badexample.com", false, "example.com", false),
        ];
        for (text, loopback, domain, matches) in rows {
            let origin = Origin::try_from(text).unwrap();
            assert_eq!(origin.is_loopback(), loopback, "{text}");
            assert_eq!(
                origin.domain_matches(domain),
                matches,
                "{text} and {domain}"
            );
        }
    }
}
