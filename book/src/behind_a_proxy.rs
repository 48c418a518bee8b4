//! The address of a client whose requests come through a proxy.

use std::net::IpAddr;

use axum::http::HeaderMap;

/// Where a request comes from: the last address that the proxy has not written about itself.
///
/// Each proxy appends the address of its own peer to `X-Forwarded-For`. What stands before that was
/// sent by the client, who may write anything.
#[must_use]
pub fn client_address(peer: IpAddr, headers: &HeaderMap, proxies: &[IpAddr]) -> IpAddr {
    let lines = headers.get_all("x-forwarded-for").iter().rev();
    let lines = lines.filter_map(|line| line.to_str().ok());
    let mut hops = lines.flat_map(|line| line.rsplit(','));
    let mut client = peer.to_canonical();
    while proxies.contains(&client) {
        // Without an address, what is known is the proxy.
        let Some(next) = hops
            .next()
            .and_then(|hop| hop.trim().parse::<IpAddr>().ok())
        else {
            break;
        };
        client = next.to_canonical();
    }
    client
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderMap;

    use super::client_address;

    #[test]
    fn the_address_is_the_last_one_that_is_no_proxy() {
        let proxies = ["127.0.0.1", "10.0.0.2"].map(|proxy| proxy.parse().unwrap());
        for (row, peer, lines, expected) in [
            ("no proxy, no header", "192.0.2.7", &[][..], "192.0.2.7"),
            (
                "no proxy, a header of the client",
                "192.0.2.7",
                &["203.0.113.9"],
                "192.0.2.7",
            ),
            ("a proxy", "127.0.0.1", &["192.0.2.7"], "192.0.2.7"),
            (
                "a proxy, and what the client forged",
                "127.0.0.1",
                &["203.0.113.9, 192.0.2.7"],
                "192.0.2.7",
            ),
            (
                "the same in two lines",
                "127.0.0.1",
                &["203.0.113.9", "192.0.2.7"],
                "192.0.2.7",
            ),
            (
                "two proxies",
                "127.0.0.1",
                &["203.0.113.9, 192.0.2.7, 10.0.0.2"],
                "192.0.2.7",
            ),
            ("a proxy that reports none", "127.0.0.1", &[], "127.0.0.1"),
            (
                "a proxy that reports no address",
                "127.0.0.1",
                &["192.0.2.7, unknown"],
                "127.0.0.1",
            ),
            (
                "IPv4 in IPv6",
                "::ffff:127.0.0.1",
                &["192.0.2.7"],
                "192.0.2.7",
            ),
        ] {
            let mut headers = HeaderMap::new();
            for line in lines {
                headers.append("x-forwarded-for", line.parse().unwrap());
            }
            let address = client_address(peer.parse().unwrap(), &headers, &proxies);
            assert_eq!(address.to_string(), expected, "{row}");
        }
    }
}
