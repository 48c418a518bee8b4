//! The address of the client: the peer of the connection, or the one that a trusted proxy reports.
//!
//! `X-Forwarded-For` counts only from the networks that the operator named. `Forwarded` and other
//! headers never count.

use std::collections::BTreeSet;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Mutex, PoisonError};

use axum::extract::{ConnectInfo, FromRef, FromRequestParts};
use axum::http::StatusCode;
use axum::http::request::Parts;
use handstamp_axum::Head;
use handstamp_axum::handstamp::limit::TrustedProxies;

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
        let reports = parts.headers.contains_key(proxies.header());
        warn_of_proxy(
            peer.to_canonical(),
            proxies.trusts(peer.to_canonical()),
            reports,
        );
        Ok(Self(proxies.client(peer, &Head::from(&*parts))))
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

/// Returns whether this is an address of this host or of a private network.
pub(crate) fn is_private(address: IpAddr) -> bool {
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

#[cfg(test)]
mod tests {
    use super::is_private;

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
}
