//! Whether a request shows that it came from outside of this host.
//!
//! Headers are believed towards a refusal only. A request without any of these signs may still have
//! come through a proxy: nginx by its defaults sends none.

use std::convert::Infallible;
use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};

use axum::extract::FromRequestParts;
use axum::http::HeaderValue;
use axum::http::header::{HOST, HeaderName, VIA};
use axum::http::request::Parts;
use axum::http::uri::Authority;

/// What shows that a request came from outside of this host, or `None`, as an extractor.
#[derive(Debug)]
pub(super) struct FromOutside(pub(super) Option<Sign>);

impl<S: Send + Sync> FromRequestParts<S> for FromOutside {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self(Sign::of(parts)))
    }
}

/// A sign that a request came from outside of this host. It is shown in the refusal.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Sign {
    /// A header that proxies add.
    Proxy(HeaderName),
    /// A host that is not a loopback one, or none at all.
    Host,
}

impl Sign {
    fn of(parts: &Parts) -> Option<Self> {
        // Proxies and networks that deliver content have names of their own for the client.
        let is_of_proxies = |name: &&HeaderName| {
            **name == VIA || PARTS.iter().any(|part| name.as_str().contains(part))
        };
        if let Some(name) = parts.headers.keys().find(is_of_proxies) {
            return Some(Self::Proxy(name.clone()));
        }
        let host = parts.headers.get(HOST).map(HeaderValue::as_bytes);
        let host = host.and_then(|host| Authority::try_from(host).ok());
        // A target in absolute form names the host as well (RFC 9112, section 3.2.2).
        let is_loopback =
            host.as_ref().is_some_and(is_loopback) && parts.uri.authority().is_none_or(is_loopback);
        (!is_loopback).then_some(Self::Host)
    }
}

impl fmt::Display for Sign {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Proxy(name) => {
                write!(
                    f,
                    "the request came through a proxy: it has the header {name}"
                )
            }
            Self::Host => {
                f.write_str("the request names another Host than localhost or a loopback address")
            }
        }
    }
}

fn is_loopback(authority: &Authority) -> bool {
    let host = authority.host().to_ascii_lowercase();
    let host = host.strip_suffix('.').unwrap_or(&host);
    let v6 = host
        .strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'));
    host == "localhost"
        || host.ends_with(".localhost")
        || host.parse().is_ok_and(|host: Ipv4Addr| host.is_loopback())
        || v6.is_some_and(|host| host.parse().is_ok_and(|host: Ipv6Addr| host.is_loopback()))
}

const PARTS: [&str; 5] = [
    "forwarded",
    "real-ip",
    "client-ip",
    "connecting-ip",
    "x-envoy-",
];
