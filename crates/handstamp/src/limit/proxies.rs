//! The address of the client behind proxies: the peer of the connection, or what a trusted proxy
//! reports.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;
use std::sync::Arc;

use crate::request::RequestHead;

/// The proxies that are trusted to report the address of the client.
///
/// Each proxy appends the address of its own peer, so a list is read from its end, and the first
/// address that is not a trusted proxy is the client. What stands before it may have been forged by
/// the client. By default no proxy is trusted, and the peer is the client.
///
/// ```
/// use std::net::IpAddr;
///
/// use handstamp::RequestHead;
/// use handstamp::limit::TrustedProxies;
///
/// struct Get;
///
/// impl RequestHead for Get {
///     fn method(&self) -> &str { "GET" }
///     fn header_values(&self, name: &str) -> impl Iterator<Item = &[u8]> {
///         (name == "x-forwarded-for").then_some(b"6.6.6.6, 192.0.2.7".as_slice()).into_iter()
///     }
///     fn query(&self) -> Option<&str> { None }
/// }
///
/// let proxies = TrustedProxies::new(["10.0.0.0/8".parse()?]);
/// let (proxy, other): (IpAddr, IpAddr) = ("10.0.0.1".parse()?, "198.51.100.1".parse()?);
/// assert_eq!(proxies.client(proxy, &Get), "192.0.2.7".parse::<IpAddr>()?);
/// assert_eq!(proxies.client(other, &Get), other);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct TrustedProxies {
    networks: Arc<[Network]>,
    reports_in: Report,
    /// Whether a peer without an address is one.
    at_unix_socket: bool,
}

/// The header field in which proxies report.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Report {
    #[default]
    XForwardedFor,
    Forwarded,
}

impl TrustedProxies {
    /// Trusts the `X-Forwarded-For` of proxies with these addresses.
    #[must_use]
    pub fn new(networks: impl IntoIterator<Item = Network>) -> Self {
        Self {
            networks: networks.into_iter().collect(),
            reports_in: Report::XForwardedFor,
            at_unix_socket: false,
        }
    }

    /// Trusts a peer without an address as well: a proxy that connects to a Unix socket.
    #[must_use]
    pub fn at_unix_socket(mut self) -> Self {
        self.at_unix_socket = true;
        self
    }

    /// Reads `Forwarded` ([RFC 7239](https://www.rfc-editor.org/rfc/rfc7239)) instead of
    /// `X-Forwarded-For`.
    ///
    /// # Security
    /// Only one of them counts: a proxy that writes one passes on the other as the client sent it.
    #[must_use]
    pub fn forwarded(mut self) -> Self {
        self.reports_in = Report::Forwarded;
        self
    }

    /// Returns the address of the client.
    #[must_use]
    pub fn client(&self, peer: IpAddr, head: &impl RequestHead) -> IpAddr {
        self.client_behind(Some(peer), head).unwrap_or(peer)
    }

    /// Returns the address of the client whose connection has this peer, which has no address if
    /// it connects to a Unix socket. Returns `None` if the client's address is not known.
    #[must_use]
    pub fn client_behind(&self, peer: Option<IpAddr>, head: &impl RequestHead) -> Option<IpAddr> {
        let mut client = peer.map(|peer| peer.to_canonical());
        let is_proxy = |client: Option<IpAddr>| {
            client.map_or(self.at_unix_socket, |client| self.trusts(client))
        };
        if !is_proxy(client) {
            return client;
        }
        let lines: Vec<&[u8]> = head.header_values(self.header()).collect();
        let mut hops = lines
            .into_iter()
            .rev()
            .flat_map(|line| Hops { rest: Some(line) });
        while is_proxy(client) {
            // A proxy that reports no valid address counts as the client itself.
            let Some(next) = hops.next().and_then(|hop| self.address(hop)) else {
                break;
            };
            client = Some(next);
        }
        client
    }

    /// Returns whether this is the address of a trusted proxy.
    #[must_use]
    pub fn trusts(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.networks
            .iter()
            .any(|network| network.contains(address))
    }

    /// Returns the name of the header field in which the proxies report.
    #[must_use]
    pub fn header(&self) -> &'static str {
        match self.reports_in {
            Report::XForwardedFor => "x-forwarded-for",
            Report::Forwarded => "forwarded",
        }
    }

    fn address(&self, hop: &[u8]) -> Option<IpAddr> {
        let hop = std::str::from_utf8(hop).ok()?.trim();
        match self.reports_in {
            Report::XForwardedFor => address(hop),
            Report::Forwarded => {
                // Escaped quotes stand in no address, and would hide where a value ends.
                if hop.contains('\\') {
                    return None;
                }
                let mut is_quoted = false;
                let pairs = hop.split(|character| {
                    is_quoted ^= character == '"';
                    character == ';' && !is_quoted
                });
                let mut nodes = pairs.filter_map(|pair| {
                    let (name, node) = pair.trim().split_once('=')?;
                    name.eq_ignore_ascii_case("for").then_some(node)
                });
                let (Some(node), None) = (nodes.next(), nodes.next()) else {
                    return None;
                };
                let quoted = node.strip_prefix('"').map(|rest| rest.strip_suffix('"'));
                address(quoted.unwrap_or(Some(node))?)
            }
        }
    }
}

/// The elements of a list, the last first. A comma within quotes separates none. Quotes are counted
/// from the end, so that one that a client left open hides nothing that a proxy has appended.
struct Hops<'a> {
    rest: Option<&'a [u8]>,
}

impl<'a> Iterator for Hops<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let line = self.rest?;
        let mut is_quoted = false;
        let comma = line.iter().rposition(|byte| {
            is_quoted ^= *byte == b'"';
            *byte == b',' && !is_quoted
        });
        let Some(comma) = comma else {
            self.rest = None;
            return Some(line);
        };
        let (before, hop) = line.split_at_checked(comma)?;
        self.rest = Some(before);
        hop.get(1..)
    }
}

/// Reads one address. Some proxies append the port, and IPv6 may stand in brackets.
fn address(text: &str) -> Option<IpAddr> {
    let bare = text
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
        .unwrap_or(text);
    let address = bare.parse().ok();
    let address = address.or_else(|| text.parse().ok().map(|peer: SocketAddr| peer.ip()));
    address.map(|address| address.to_canonical())
}

/// An address or a network: `192.0.2.7`, `192.0.2.0/24`, `2001:db8::/32`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    bits: u8,
}

impl Network {
    fn contains(self, address: IpAddr) -> bool {
        let differing = match (self.address, address) {
            (IpAddr::V4(network), IpAddr::V4(address)) => {
                let differing = network.to_bits() ^ address.to_bits();
                differing.leading_zeros()
            }
            (IpAddr::V6(network), IpAddr::V6(address)) => {
                let differing = network.to_bits() ^ address.to_bits();
                differing.leading_zeros()
            }
            _ => return false,
        };
        differing >= u32::from(self.bits)
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address, self.bits)
    }
}

impl FromStr for Network {
    type Err = InvalidNetwork;

    fn from_str(text: &str) -> Result<Self, InvalidNetwork> {
        let Some((address, bits)) = text.split_once('/') else {
            let address: IpAddr = text.parse().map_err(|_| InvalidNetwork::Form)?;
            let address = address.to_canonical();
            return Ok(Self {
                address,
                bits: address_len(address),
            });
        };
        let address: IpAddr = address.parse().map_err(|_| InvalidNetwork::Form)?;
        let bits: u8 = bits.parse().map_err(|_| InvalidNetwork::Form)?;
        if bits > address_len(address) {
            return Err(InvalidNetwork::Form);
        }
        // Of IPv4 in IPv6, whose first 96 bits say so, no peer is compared as IPv6.
        let canonical = address.to_canonical();
        let mapped_bits = bits.checked_sub(96).filter(|_| canonical != address);
        match mapped_bits {
            Some(0) => Err(InvalidNetwork::Everyone),
            Some(bits) => Err(InvalidNetwork::Mapped(canonical, bits)),
            None if bits == 0 => Err(InvalidNetwork::Everyone),
            None => Ok(Self { address, bits }),
        }
    }
}

fn address_len(address: IpAddr) -> u8 {
    if address.is_ipv4() { 32 } else { 128 }
}

/// The text is neither an address nor a network, or one that cannot be meant.
#[derive(Debug)]
#[non_exhaustive]
pub enum InvalidNetwork {
    /// The text is neither.
    Form,
    /// A network of all addresses.
    Everyone,
    /// A network of IPv4 in IPv6, by its address and bits in IPv4.
    Mapped(IpAddr, u8),
}

impl fmt::Display for InvalidNetwork {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Form => f.write_str(
                "not an address such as 192.0.2.7, nor a network such as 192.0.2.0/24 or 2001:db8::/32",
            ),
            Self::Everyone => f.write_str(
                "every client could then pretend to have any address: name the addresses of your proxies, such as \
                 127.0.0.1 or 10.0.0.0/8",
            ),
            Self::Mapped(address, bits) => write!(
                f,
                "IPv4 in IPv6 is compared as IPv4, so this network contains no address: write {address}/{bits}"
            ),
        }
    }
}

impl std::error::Error for InvalidNetwork {}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use super::{Network, TrustedProxies};
    use crate::testing::Head;

    fn head(name: &str, lines: &[&str]) -> Head {
        let add = |head: Head, line: &&str| head.header(name, *line);
        lines.iter().fold(Head::new("GET"), add)
    }

    #[test]
    fn the_client_is_the_last_address_that_is_not_a_trusted_proxy() {
        let proxies = "10.0.0.1 10.1.0.0/16 2001:db8::/32".split(' ');
        let proxies = TrustedProxies::new(proxies.map(|text| text.parse().unwrap()));
        for (name, peer, lines, client) in [
            ("no header", "10.0.0.1", &[][..], "10.0.0.1"),
            ("one hop", "10.0.0.1", &["192.0.2.7"], "192.0.2.7"),
            (
                "a client that forges one",
                "10.0.0.1",
                &["198.51.100.1, 192.0.2.7"],
                "192.0.2.7",
            ),
            (
                "two proxies",
                "10.0.0.1",
                &["198.51.100.1,192.0.2.7 , 10.1.2.3"],
                "192.0.2.7",
            ),
            (
                "two lines",
                "10.0.0.1",
                &["198.51.100.1", "192.0.2.7", "10.1.2.3"],
                "192.0.2.7",
            ),
            (
                "proxies only",
                "10.0.0.1",
                &["10.1.0.9, 10.1.2.3"],
                "10.1.0.9",
            ),
            ("IPv6", "2001:db8::1", &["2001:db9::7"], "2001:db9::7"),
            (
                "IPv4 in IPv6",
                "::ffff:10.0.0.1",
                &["::ffff:192.0.2.7"],
                "192.0.2.7",
            ),
            ("a port", "10.0.0.1", &["192.0.2.7:4711"], "192.0.2.7"),
            (
                "IPv6 and a port",
                "10.0.0.1",
                &["[2001:db9::7]:4711"],
                "2001:db9::7",
            ),
            (
                "an invalid address",
                "10.0.0.1",
                &["192.0.2.7, unknown"],
                "10.0.0.1",
            ),
            ("an empty header", "10.0.0.1", &[""], "10.0.0.1"),
            ("an untrusted peer", "10.0.0.2", &["192.0.2.7"], "10.0.0.2"),
            (
                "outside of the network",
                "10.2.0.1",
                &["192.0.2.7"],
                "10.2.0.1",
            ),
        ] {
            let peer: IpAddr = peer.parse().unwrap();
            let head = head("x-forwarded-for", lines);
            assert_eq!(proxies.client(peer, &head).to_string(), client, "{name}");
        }
    }

    #[test]
    fn the_client_in_forwarded() {
        let proxies = TrustedProxies::new(["10.0.0.0/8".parse().unwrap()]).forwarded();
        #[rustfmt::skip]
        let rows: [(&str, &[&str], &str); 16] = [
            ("no header", &[], "10.0.0.1"),
            ("one hop", &["for=192.0.2.7"], "192.0.2.7"),
            ("other parameters", &["proto=https;For=192.0.2.7;by=10.0.0.1"], "192.0.2.7"),
            ("in quotes, with a port", &[r#"for="192.0.2.7:4711""#], "192.0.2.7"),
            ("IPv6", &[r#"for="[2001:db8::7]""#], "2001:db8::7"),
            ("IPv6 with a port", &[r#"for="[2001:db8::7]:4711""#], "2001:db8::7"),
            ("one that the client forges", &["for=198.51.100.1, for=192.0.2.7"], "192.0.2.7"),
            ("a quote that the client leaves open", &[r#"for="198.51.100.1, for=192.0.2.7"#], "192.0.2.7"),
            ("two proxies", &["for=192.0.2.7", "for=10.0.0.2"], "192.0.2.7"),
            ("a hidden node", &["for=192.0.2.7, for=_hidden"], "10.0.0.1"),
            ("an unknown one", &["for=unknown"], "10.0.0.1"),
            ("none in the element", &["for=192.0.2.7, proto=https"], "10.0.0.1"),
            ("one in another's value", &[r#"host="x;for=198.51.100.1";for=192.0.2.7"#], "192.0.2.7"),
            ("two in one element", &["for=198.51.100.1;for=192.0.2.7"], "10.0.0.1"),
            ("an escaped quote", &[r#"host="x\"";for=192.0.2.7"#], "10.0.0.1"),
            ("a comma in a value", &[r#"for=192.0.2.7;host="a, for=198.51.100.1""#], "192.0.2.7"),
        ];
        for (sentence, lines, client) in rows {
            let peer: IpAddr = "10.0.0.1".parse().unwrap();
            let got = proxies.client(peer, &head("forwarded", lines)).to_string();
            assert_eq!(got, client, "{sentence}");
        }
        let peer: IpAddr = "10.0.0.1".parse().unwrap();
        let other = head("x-forwarded-for", &["192.0.2.7"]);
        assert_eq!(proxies.client(peer, &other), peer, "the other header");
    }

    #[test]
    fn a_proxy_at_a_unix_socket_is_trusted_if_the_application_says_so() {
        let head = head("x-forwarded-for", &["192.0.2.7, 10.0.0.2"]);
        let proxies = TrustedProxies::new(["10.0.0.0/8".parse().unwrap()]);
        assert_eq!(proxies.client_behind(None, &head), None);
        let client = proxies.at_unix_socket().client_behind(None, &head);
        assert_eq!(client, Some("192.0.2.7".parse().unwrap()));
    }

    #[test]
    fn without_proxies_the_header_does_not_count() {
        let head = head("x-forwarded-for", &["192.0.2.7"]);
        let peer: IpAddr = "127.0.0.1".parse().unwrap();
        assert_eq!(TrustedProxies::default().client(peer, &head), peer);
    }

    #[test]
    fn networks_contain_addresses_with_their_prefix() {
        for (name, network, inside, outside) in [
            ("an address", "192.0.2.7", "192.0.2.7", "192.0.2.6"),
            ("24 bits", "192.0.2.0/24", "192.0.2.255", "192.0.3.0"),
            ("half of IPv4", "0.0.0.0/1", "127.255.255.255", "::1"),
            (
                "33 bits",
                "2001:db8::/33",
                "2001:db8:7fff::1",
                "2001:db8:8000::1",
            ),
        ] {
            let network: Network = network.parse().unwrap();
            assert!(network.contains(inside.parse().unwrap()), "{name}");
            assert!(!network.contains(outside.parse().unwrap()), "{name}");
        }
        for text in [
            "",
            "localhost",
            "10.0.0",
            "10.0.0.0/33",
            "::/129",
            "10.0.0.0/",
            "10.0.0.0/-1",
            "10.0.0.1:80",
        ] {
            assert!(text.parse::<Network>().is_err(), "{text:?}");
        }
    }

    #[test]
    fn networks_that_cannot_be_meant_are_refused_with_help() {
        let everyone = "every client could then pretend to have any address: name the addresses of your proxies, such as \
                        127.0.0.1 or 10.0.0.0/8";
        let mapped = |network: &str| {
            format!(
                "IPv4 in IPv6 is compared as IPv4, so this network contains no address: write {network}"
            )
        };
        for (name, text, message) in [
            ("all of IPv4", "0.0.0.0/0", everyone.to_owned()),
            (
                "all of IPv4, by any address",
                "10.0.0.0/0",
                everyone.to_owned(),
            ),
            ("all of IPv6", "::/0", everyone.to_owned()),
            ("all of IPv4 in IPv6", "::ffff:0:0/96", everyone.to_owned()),
            (
                "a network in IPv6",
                "::ffff:10.0.0.0/104",
                mapped("10.0.0.0/8"),
            ),
            (
                "an address in IPv6, as a network",
                "::ffff:10.1.2.3/128",
                mapped("10.1.2.3/32"),
            ),
        ] {
            let error = text.parse::<Network>().map(|_| ()).unwrap_err();
            assert_eq!(error.to_string(), message, "{name}");
        }
    }
}
