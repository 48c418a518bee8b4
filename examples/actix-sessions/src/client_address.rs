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
            forwarded_for(request.headers()).ok_or(NO_HEADER)
        } else {
            request.peer_addr().map(|peer| peer.ip()).ok_or(NO_PEER)
        };
        ready(address.map(Self).map_err(Error::internal))
    }
}

/// Returns the last address of `X-Forwarded-For`, which the proxy has seen itself. Those before it
/// are what the client has sent, and may be anything.
fn forwarded_for(headers: &HeaderMap) -> Option<IpAddr> {
    let last = headers.get_all("x-forwarded-for").last()?.to_str().ok()?;
    last.rsplit(',').next()?.trim().parse().ok()
}

const NO_HEADER: &str = "BEHIND_PROXY=true, and a request came without X-Forwarded-For: let the proxy add it, and let \
no client get around the proxy";

const NO_PEER: &str =
    "the address of the client is not known: a test gives one by `TestRequest::peer_addr`";
