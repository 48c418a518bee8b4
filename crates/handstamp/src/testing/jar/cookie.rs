//! One `Set-Cookie` line, and why a browser refuses it.

use std::fmt;
use std::time::Duration;

use super::{Crossing, Sent, date};
use crate::clock::UnixTime;
use crate::config::SameSite;
use crate::testing::site;

/// A cookie that a browser keeps.
#[derive(Debug, Clone)]
pub(super) struct Cookie {
    pub(super) name: String,
    pub(super) value: String,
    pub(super) domain: Domain,
    pub(super) path: String,
    pub(super) secure: bool,
    pub(super) http_only: bool,
    pub(super) same_site: SameSite,
    /// `None` for a session cookie.
    pub(super) expires: Option<UnixTime>,
    /// Scheme and domain of the site in whose pages it was set, if it is `Partitioned`.
    pub(super) partition: Option<(String, String)>,
    /// Whether the line has `Path=/`, word for word.
    has_root_path: bool,
}

/// The hosts that a cookie is sent to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Domain {
    Host(String),
    HostAndBelow(String),
}

impl Domain {
    pub(super) fn as_str(&self) -> &str {
        let (Self::Host(name) | Self::HostAndBelow(name)) = self;
        name
    }

    /// Section 5.1.3.
    pub(super) fn matches(&self, host: &str) -> bool {
        match self {
            Self::Host(name) => name == host,
            Self::HostAndBelow(name) => host.strip_suffix(name.as_str()).is_some_and(|below| {
                below.is_empty() || (below.ends_with('.') && !site::is_address(host))
            }),
        }
    }
}

impl Cookie {
    /// Parses a line (section 5.6), and completes it by the request (section 5.7).
    pub(super) fn parse(line: &str, sent: &Sent<'_>) -> Result<Self, Refused> {
        if line.chars().any(|c| c.is_ascii_control() && c != '\t') {
            return Err(Refused::ControlCharacter);
        }
        let mut parts = line.split(';');
        let pair = parts.next().unwrap_or_default();
        // Without `=` all is the value, and the name is empty.
        let (name, value) = pair.split_once('=').unwrap_or(("", pair));
        let (name, value) = (trim(name), trim(value));
        if name.is_empty() && value.is_empty() {
            return Err(Refused::Empty);
        }
        if name.len() + value.len() > MAX_NAME_AND_VALUE {
            return Err(Refused::TooLong(name.len() + value.len()));
        }
        let mut attributes = Attributes::default();
        for part in parts {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            attributes.add(trim(name), trim(value), sent.now);
        }
        let partition = match (attributes.is_partitioned, sent.top_level) {
            (false, _) => None,
            (true, Some((scheme, domain))) => Some((scheme.to_owned(), domain.to_owned())),
            (true, None) => return Err(Refused::OpaquePartition),
        };
        Ok(Self {
            name: name.to_owned(),
            value: value.to_owned(),
            domain: domain(attributes.domain, site::host(sent.to))?,
            has_root_path: attributes.path.as_deref() == Some("/"),
            path: attributes
                .path
                .unwrap_or_else(|| default_path(sent.path).to_owned()),
            secure: attributes.is_secure,
            http_only: attributes.is_http_only,
            same_site: attributes.same_site,
            // `Max-Age` counts, wherever it stands.
            expires: attributes.max_age.or(attributes.expires),
            partition,
        })
    }

    /// Returns why a browser refuses the cookie in the response to this request (section 5.7).
    pub(super) fn check(&self, sent: &Sent<'_>) -> Result<(), Refused> {
        if self.secure && !sent.to.is_https() {
            return Err(Refused::SecureWithoutTls);
        }
        if self.same_site != SameSite::None && sent.crossing == Crossing::Subresource {
            return Err(Refused::CrossSite);
        }
        if self.same_site == SameSite::None && !self.secure {
            return Err(Refused::NoneWithoutSecure);
        }
        if self.partition.is_some() && !self.secure {
            return Err(Refused::PartitionedWithoutSecure);
        }
        // Without a name, the value begins the header's pair, where a server reads it as a name.
        let name = if self.name.is_empty() {
            &self.value
        } else {
            &self.name
        };
        let name = name.to_ascii_lowercase();
        let Some((prefix, needs)) = PREFIXES.iter().find(|(prefix, _)| name.starts_with(prefix))
        else {
            return Ok(());
        };
        if self.name.is_empty() {
            return Err(Refused::NamelessPrefix);
        }
        let is_of_host = matches!(self.domain, Domain::Host(_)) && self.has_root_path;
        let has_all =
            self.secure && (!needs.of_host || is_of_host) && (!needs.http_only || self.http_only);
        if has_all {
            Ok(())
        } else {
            Err(Refused::Prefix(prefix))
        }
    }

    pub(super) fn is_over(&self, now: UnixTime) -> bool {
        self.expires.is_some_and(|end| end <= now)
    }

    /// Returns what stands in the header `Cookie`.
    pub(super) fn pair(&self) -> String {
        if self.name.is_empty() {
            return self.value.clone();
        }
        format!("{}={}", self.name, self.value)
    }
}

/// The attributes of a line. Of one that occurs twice the last counts.
#[derive(Debug)]
struct Attributes {
    domain: Option<String>,
    path: Option<String>,
    is_secure: bool,
    is_http_only: bool,
    is_partitioned: bool,
    same_site: SameSite,
    expires: Option<UnixTime>,
    max_age: Option<UnixTime>,
}

impl Default for Attributes {
    fn default() -> Self {
        Self {
            domain: None,
            path: None,
            is_secure: false,
            is_http_only: false,
            is_partitioned: false,
            // Browsers treat a cookie without the attribute so. Chromium sends it with forms of
            // other sites for two minutes as well, and Firefox and Safari with everything: a test
            // that relies on the attribute writes it.
            same_site: SameSite::Lax,
            expires: None,
            max_age: None,
        }
    }
}

impl Attributes {
    fn add(&mut self, name: &str, value: &str, now: UnixTime) {
        if value.len() > MAX_ATTRIBUTE_VALUE {
            return;
        }
        match name.to_ascii_lowercase().as_str() {
            "expires" => {
                let latest = now.saturating_add(LONGEST_AGE);
                self.expires = date::parse(value)
                    .map(|time| time.min(latest))
                    .or(self.expires);
            }
            "max-age" => self.max_age = max_age(value, now).or(self.max_age),
            "domain" => {
                let domain = value.strip_prefix('.').unwrap_or(value);
                self.domain = Some(domain.to_ascii_lowercase());
            }
            "path" => self.path = value.starts_with('/').then(|| value.to_owned()),
            "secure" => self.is_secure = true,
            "httponly" => self.is_http_only = true,
            "partitioned" => self.is_partitioned = true,
            "samesite" => {
                self.same_site = match value.to_ascii_lowercase().as_str() {
                    "strict" => SameSite::Strict,
                    "none" => SameSite::None,
                    _ => SameSite::Lax,
                };
            }
            _ => {}
        }
    }
}

/// Returns the end of a cookie of this `Max-Age`, or `None` if it is no number.
fn max_age(value: &str, now: UnixTime) -> Option<UnixTime> {
    let digits = value.strip_prefix('-').unwrap_or(value);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    if digits.len() < value.len() {
        return Some(UnixTime::from_secs(0));
    }
    // More digits than a number holds are more than 400 days.
    let age = digits.parse().map_or(LONGEST_AGE, Duration::from_secs);
    Some(if age.is_zero() {
        UnixTime::from_secs(0)
    } else {
        now.saturating_add(age.min(LONGEST_AGE))
    })
}

/// Returns the hosts of a cookie that a host sets with this attribute `Domain`.
fn domain(attribute: Option<String>, host: &str) -> Result<Domain, Refused> {
    let Some(domain) = attribute.filter(|domain| !domain.is_empty()) else {
        return Ok(Domain::Host(host.to_owned()));
    };
    if site::is_public_suffix(&domain) {
        return if domain == host {
            Ok(Domain::Host(domain))
        } else {
            Err(Refused::PublicSuffix(domain))
        };
    }
    let domain = Domain::HostAndBelow(domain);
    if domain.matches(host) {
        Ok(domain)
    } else {
        Err(Refused::ForeignDomain(domain.as_str().to_owned()))
    }
}

/// Section 5.1.4: up to the last slash, which the first one keeps.
fn default_path(request: &str) -> &str {
    match request.rfind('/') {
        None | Some(0) => "/",
        Some(end) => request.get(..end).unwrap_or("/"),
    }
}

fn trim(text: &str) -> &str {
    text.trim_matches([' ', '\t'])
}

/// What the beginning of a name asks for, besides `Secure` (section 4.1.3, and [layered
/// cookies](https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-layered-cookies)).
struct Needs {
    of_host: bool,
    http_only: bool,
}

/// In lower case; `__host-http-` before `__host-`, with which it begins.
const PREFIXES: [(&str, Needs); 4] = [
    (
        "__host-http-",
        Needs {
            of_host: true,
            http_only: true,
        },
    ),
    (
        "__host-",
        Needs {
            of_host: true,
            http_only: false,
        },
    ),
    (
        "__http-",
        Needs {
            of_host: false,
            http_only: true,
        },
    ),
    (
        "__secure-",
        Needs {
            of_host: false,
            http_only: false,
        },
    ),
];

/// Why a browser does not take a cookie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::testing) enum Refused {
    ControlCharacter,
    Empty,
    TooLong(usize),
    PublicSuffix(String),
    ForeignDomain(String),
    SecureWithoutTls,
    CrossSite,
    NoneWithoutSecure,
    PartitionedWithoutSecure,
    OpaquePartition,
    NamelessPrefix,
    Prefix(&'static str),
    ReplacesSecure,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ControlCharacter => "it has a control character",
            Self::Empty => "it has neither name nor value",
            Self::TooLong(bytes) => {
                return write!(f, "name and value have {bytes} bytes, browsers take 4096");
            }
            Self::PublicSuffix(domain) => {
                return write!(f, "Domain={domain} is one below which the public has names");
            }
            Self::ForeignDomain(domain) => {
                return write!(f, "Domain={domain} is neither the host nor above it");
            }
            Self::SecureWithoutTls => {
                "it has Secure, and the origin is not https: Chromium and Firefox take it from \
                 http://localhost, Safari does not"
            }
            Self::CrossSite => "another site fetched the response, and it has not SameSite=None",
            Self::NoneWithoutSecure => "it has SameSite=None and not Secure",
            Self::PartitionedWithoutSecure => "it has Partitioned and not Secure",
            Self::OpaquePartition => "it has Partitioned, and the page has no site",
            Self::NamelessPrefix => "it has no name, and its value begins as a prefix of names",
            Self::Prefix(prefix) => {
                return write!(
                    f,
                    "its name begins with {prefix}, which needs Secure, with `host` Path=/ and no \
                     Domain, with `http` HttpOnly"
                );
            }
            Self::ReplacesSecure => {
                "it would hide a cookie with Secure, and the origin is not https"
            }
        })
    }
}

/// 400 days (section 5.5).
const LONGEST_AGE: Duration = Duration::from_secs(400 * 24 * 60 * 60);

/// Bytes (section 5.6).
const MAX_NAME_AND_VALUE: usize = 4096;

/// Bytes (section 5.6).
const MAX_ATTRIBUTE_VALUE: usize = 1024;
