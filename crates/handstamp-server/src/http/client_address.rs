//! The address of the client: the peer of the connection, or the one that a trusted proxy reports.
//!
//! `X-Forwarded-For` counts only from the networks that the operator named. `Forwarded` and other
//! headers never count.

use std::collections::BTreeSet;
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::{ConnectInfo, FromRef, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, StatusCode};

/// The proxies whose `X-Forwarded-For` is trusted.
#[derive(Debug, Clone, Default)]
pub(crate) struct TrustedProxies(Arc<[Network]>);

impl TrustedProxies {
    pub(crate) fn new(networks: Vec<Network>) -> Self {
        Self(networks.into())
    }

    /// Returns the address of the client.
    ///
    /// Each proxy appends the address of its own peer. So the list is read from its end, and the
    /// first address that is not a trusted proxy is the client. What stands before it may have been
    /// forged by the client.
    pub(crate) fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let mut client = peer.to_canonical();
        let lines = headers.get_all(FORWARDED_FOR).iter().rev();
        let mut hops = lines.flat_map(|line| line.as_bytes().rsplit(|byte| *byte == b','));
        while self.trusts(client) {
            // A proxy that reports no valid address counts as the client itself.
            let Some(next) = hops.next().and_then(address) else {
                break;
            };
            client = next;
        }
        client
    }

    fn trusts(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(address))
    }
}

/// The address of the client, as an extractor.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ClientAddress(pub(crate) IpAddr);

impl<S: Send + Sync> FromRequestParts<S> for ClientAddress
where
    TrustedProxies: FromRef<S>,
{
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, StatusCode> {
        let Some(&ConnectInfo(peer)) = parts.extensions.get::<ConnectInfo<SocketAddr>>() else {
            tracing::error!("a request has no peer: this is a mistake in the program");
            return Err(StatusCode::INTERNAL_SERVER_ERROR);
        };
        let peer = peer.ip();
        let proxies = TrustedProxies::from_ref(state);
        let reports = parts.headers.contains_key(FORWARDED_FOR);
        warn_of_proxy(
            peer.to_canonical(),
            proxies.trusts(peer.to_canonical()),
            reports,
        );
        Ok(Self(proxies.client(peer, &parts.headers)))
    }
}

/// Logs once for each peer that is probably a proxy, and is not trusted although it reports
/// clients, or reports none although it is trusted. One that is not trusted and has a public
/// address rather is a client that forges the header.
fn warn_of_proxy(peer: IpAddr, is_trusted: bool, reports: bool) {
    static NAMED: Mutex<BTreeSet<IpAddr>> = Mutex::new(BTreeSet::new());
    if is_trusted == reports || !is_trusted && !is_private(peer) {
        return;
    }
    let mut named = NAMED.lock().unwrap_or_else(PoisonError::into_inner);
    if named.len() == MAX_NAMED || !named.insert(peer) {
        return;
    }
    if is_trusted {
        tracing::warn!(
            "{peer} is a trusted proxy and sent no X-Forwarded-For: all clients behind it count as one, and one of them can \
             keep the others from logging in. Let the proxy set the header (nginx: proxy_set_header X-Forwarded-For \
             $proxy_add_x_forwarded_for)"
        );
    } else {
        tracing::warn!(
            "X-Forwarded-For from {peer} is not trusted: all clients behind it count as one, and one of them can keep the \
             others from logging in. If it is your proxy, start with --trusted-proxy {peer}"
        );
    }
}

fn is_private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => {
            address.is_loopback() || address.is_private() || address.is_link_local()
        }
        IpAddr::V6(address) => {
            address.is_loopback() || address.is_unique_local() || address.is_unicast_link_local()
        }
    }
}

/// The most proxies that are named, so that a private network cannot fill memory or log.
const MAX_NAMED: usize = 16;

/// An address or a network: `192.0.2.7`, `192.0.2.0/24`, `2001:db8::/32`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Network {
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
pub(crate) enum InvalidNetwork {
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

/// Reads one address of the header. Some proxies append the port.
fn address(hop: &[u8]) -> Option<IpAddr> {
    let hop = std::str::from_utf8(hop).ok()?.trim();
    let without_port = hop.parse().ok();
    let address = without_port.or_else(|| hop.parse().ok().map(|address: SocketAddr| address.ip()));
    address.map(|address| address.to_canonical())
}

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use axum::http::HeaderMap;

    use super::{FORWARDED_FOR, Network, TrustedProxies, is_private};

    #[test]
    fn the_client_is_the_last_address_that_is_not_a_trusted_proxy() {
        let proxies = "10.0.0.1 10.1.0.0/16 2001:db8::/32".split(' ');
        let proxies = TrustedProxies::new(proxies.map(|text| text.parse().unwrap()).collect());
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
            let mut headers = HeaderMap::new();
            for line in lines {
                headers.append(FORWARDED_FOR, line.parse().unwrap());
            }
            let peer: IpAddr = peer.parse().unwrap();
            assert_eq!(proxies.client(peer, &headers).to_string(), client, "{name}");
        }
    }

    #[test]
    fn without_proxies_the_header_does_not_count() {
        let mut headers = HeaderMap::new();
        headers.insert(FORWARDED_FOR, "192.0.2.7".parse().unwrap());
        let peer: IpAddr = "127.0.0.1".parse().unwrap();
        assert_eq!(TrustedProxies::default().client(peer, &headers), peer);
    }

    #[test]
    fn only_peers_of_private_networks_are_taken_for_proxies() {
        for (name, peer, expected) in [
            ("loopback", "127.0.0.1", true),
            ("a container", "172.17.0.2", true),
            ("a private network", "10.1.2.3", true),
            ("IPv6, this host", "::1", true),
            ("IPv6, a private network", "fd00::7", true),
            ("IPv6, this link", "fe80::1", true),
            ("the internet", "192.0.2.7", false),
            ("IPv6, the internet", "2001:db8::7", false),
        ] {
            assert_eq!(is_private(peer.parse().unwrap()), expected, "{name}");
        }
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
