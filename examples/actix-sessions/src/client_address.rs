//! The address of a client, by which attempts to log in are counted.

use std::future::{Ready, ready};
use std::net::IpAddr;

use actix_web::dev::Payload;
use actix_web::http::header::HeaderMap;
use actix_web::{FromRequest, HttpRequest, web};

use crate::app::App;
use crate::error::Error;

pub struct ClientAddress(pub IpAddr);

impl FromRequest for ClientAddress {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let app = request.app_data::<web::Data<App>>();
        let address = if app.is_some_and(|app| app.behind_proxy) {
            forwarded_for(request.headers())
        } else {
            let peer = request.peer_addr().map(|peer| peer.ip().to_canonical());
            peer.ok_or_else(|| Error::internal(NO_PEER))
        };
        ready(address.map(Self))
    }
}

/// Returns the last address of `X-Forwarded-For`, which the proxy has seen itself. Those before it
/// are what the client has sent, and may be anything, also no text. An IPv4 address is one also if
/// it is written as IPv6 (`::ffff:192.0.2.1`), as a socket that listens for both shows it.
fn forwarded_for(headers: &HeaderMap) -> Result<IpAddr, Error> {
    let header = headers.get_all("x-forwarded-for").last();
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

const NO_PEER: &str =
    "the address of the client is not known: a test gives one by `TestRequest::peer_addr`";
