//! The other side of a request: it makes tokens without the library, and asks the library what it
//! thinks of them.

use std::future::Future;
use std::pin::pin;
use std::sync::LazyLock;
use std::task::{Context, Poll, Waker};

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use handstamp::clock::{Clock, UnixTime};
use handstamp::error::Rejection;
use handstamp::purpose::Access;
use handstamp::{Auth, Authenticated, Config, Location, RequestHead, Require};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

/// The time of every request, in seconds.
pub const NOW: u64 = 1_700_000_000;

/// The header of the library's own tokens.
pub const HEADER: &str = r#"{"alg":"HS256","typ":"JWT"}"#;

/// The cookie of an access token.
pub const COOKIE: &str = "access_token_cookie";

/// What the library says of a GET with these lines of one header.
///
/// # Errors
/// The library's refusal.
pub fn authenticate(name: &str, lines: &[&[u8]]) -> Result<Authenticated<Access>, Rejection> {
    let rejected = wait(AUTH.authenticate(&Get { name, lines }, &REQUIRE));
    if let Err(rejection) = &rejected {
        assert!(
            matches!(rejection.status(), 401 | 403),
            "a token is refused with {}",
            rejection.status()
        );
    }
    rejected
}

/// The same for a token in the header `Authorization`.
///
/// # Errors
/// The library's refusal.
pub fn authenticate_bearer(token: &str) -> Result<Authenticated<Access>, Rejection> {
    let line = format!("Bearer {token}");
    authenticate("authorization", &[line.as_bytes()])
}

/// A token with this header and payload, correctly signed.
pub fn sign(header: &[u8], payload: &[u8]) -> String {
    sign_input(&format!("{}.{}", encode(header), encode(payload)))
}

/// This text, a dot and its signature.
pub fn sign_input(text: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(&SECRET).expect("a key of any length will do");
    mac.update(text.as_bytes());
    format!("{text}.{}", encode(&mac.finalize().into_bytes()))
}

/// Base64url without padding.
pub fn encode(bytes: &[u8]) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

/// What [`encode`] made this of; `None` if it makes it of nothing.
pub fn decode(segment: &str) -> Option<Vec<u8>> {
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(segment).ok()?;
    (encode(&bytes) == segment).then_some(bytes)
}

struct Get<'r> {
    name: &'r str,
    lines: &'r [&'r [u8]],
}

impl RequestHead for Get<'_> {
    fn method(&self) -> &'static str {
        "GET"
    }

    fn header_values(&self, name: &str) -> impl Iterator<Item = &[u8]> {
        let lines = if name.eq_ignore_ascii_case(self.name) {
            self.lines
        } else {
            &[]
        };
        lines.iter().copied()
    }

    fn query(&self) -> Option<&str> {
        None
    }
}

#[derive(Debug)]
struct Stopped;

impl Clock for Stopped {
    fn now(&self) -> UnixTime {
        UnixTime::from_secs(NOW)
    }
}

static AUTH: LazyLock<Auth> = LazyLock::new(|| {
    let config = Config::builder()
        .secret_key(SECRET.as_slice())
        .token_locations([Location::Headers, Location::Cookies])
        .build()
        .expect("the configuration holds");
    (Auth::builder(config).with_clock(Stopped).build()).expect("the configuration holds")
});

static REQUIRE: LazyLock<Require<Access>> = LazyLock::new(Require::access);

/// Without a store nothing is waited for.
fn wait<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("a request without a store waits"),
    }
}

const SECRET: [u8; 32] = [7; 32];
