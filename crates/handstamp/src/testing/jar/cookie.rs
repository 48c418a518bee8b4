//! One cookie: parsed from a line of `Set-Cookie`, and checked.

use super::attributes::Attributes;
use super::{Crossing, Refused, Sent};
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

/// Bytes (section 5.6).
const MAX_NAME_AND_VALUE: usize = 4096;
