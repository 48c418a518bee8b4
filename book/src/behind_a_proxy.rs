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
    // As bytes: what the client has sent need not be text.
    let mut hops = lines.flat_map(|line| line.as_bytes().rsplit(|byte| *byte == b','));
    let mut client = peer.to_canonical();
    while proxies.contains(&client) {
        let hop = hops.next().and_then(|hop| str::from_utf8(hop).ok());
        // Without an address, what is known is the proxy.
        let Some(next) = hop.and_then(|hop| hop.trim().parse::<IpAddr>().ok()) else {
            break;
        };
        client = next.to_canonical();
    }
    client
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderValue};

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
                "a proxy, and what the client forged is no text",
                "127.0.0.1",
                &["\u{e9}, 192.0.2.7"],
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
                let line = HeaderValue::from_bytes(line.as_bytes()).unwrap();
                headers.append("x-forwarded-for", line);
            }
            let address = client_address(peer.parse().unwrap(), &headers, &proxies);
            assert_eq!(address.to_string(), expected, "{row}");
        }
    }
}
