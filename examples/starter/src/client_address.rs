//! The address of a client, by which attempts to log in are counted.

use std::net::{IpAddr, SocketAddr};

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::HeaderMap;
use axum::http::request::Parts;

use crate::app::App;
use crate::error::Error;

pub struct ClientAddress(pub IpAddr);

impl FromRequestParts<App> for ClientAddress {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Error> {
        if app.behind_proxy {
            return forwarded_for(&parts.headers).map(Self);
        }
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        let address = peer.map(|ConnectInfo(peer)| Self(peer.ip().to_canonical()));
        address.ok_or_else(|| Error::internal(NO_PEER))
    }
}

/// Returns the last address of `X-Forwarded-For`, which the proxy has seen itself. Those before it
/// are what the client has sent, and may be anything, also no text. An IPv4 address is one also if
/// it is written as IPv6 (`::ffff:192.0.2.1`), as a socket that listens for both shows it.
fn forwarded_for(headers: &HeaderMap) -> Result<IpAddr, Error> {
    let header = headers.get_all("x-forwarded-for").iter().next_back();
    let header = header.ok_or_else(|| Error::internal(NO_HEADER))?;
    let last = header.as_bytes().rsplit(|byte| *byte == b',').next();
    let last = last.and_then(|last| str::from_utf8(last).ok());
    let address = last.and_then(|last| last.trim().parse().ok());
    address
        .map(|address: IpAddr| address.to_canonical())
        .ok_or(Error::ForwardedFor)
}

const NO_HEADER: &str = "BEHIND_PROXY=true, and a request came without X-Forwarded-For: let the proxy add it, and let \
no client get around the proxy";

const NO_PEER: &str = "the address of the client is not known: serve by \
`into_make_service_with_connect_info::<SocketAddr>()`";
