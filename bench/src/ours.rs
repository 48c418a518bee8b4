//! handstamp, by the calls that adapters and applications make.

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use handstamp::clock::{Clock, UnixTime};
use handstamp::error::Rejection;
use handstamp::purpose::Access;
use handstamp::{Auth, Authenticated, Config, NewToken, Require, SignedToken, minutes};
use handstamp_tower::Head;
use http::{Request, Response};

use crate::facts::{AUDIENCE, ISSUER, SCOPES, SECRET, SUBJECT};

pub struct Handstamp {
    auth: Auth,
    require: Require<Access>,
}

impl Handstamp {
    /// # Panics
    /// Panics if the configuration is refused.
    #[must_use]
    pub fn new() -> Self {
        Self {
            auth: Auth::new(config()).unwrap(),
            require: Require::access(),
        }
    }

    /// Authenticates a request with every check, without an async runtime.
    ///
    /// # Errors
    /// Returns the [`Rejection`] if the token is not valid.
    ///
    /// # Panics
    /// Never: without a blocklist there is nothing to wait for.
    #[inline(never)]
    pub fn verify(&self, request: &Request<()>) -> Result<Authenticated<Access>, Rejection> {
        let head = Head::from(request);
        let outcome = pin!(self.auth.authenticate(&head, &self.require));
        match outcome.poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(outcome) => outcome,
            Poll::Pending => unreachable!("there is no blocklist to wait for"),
        }
    }

    /// # Panics
    /// Panics if the token cannot be made.
    #[inline(never)]
    #[must_use]
    pub fn issue(&self) -> SignedToken<Access> {
        self.auth.create_access_token(new_token()).unwrap()
    }

    /// Sets both cookies of a token in a response.
    ///
    /// # Panics
    /// Panics if the token is too long for a cookie.
    #[inline(never)]
    #[must_use]
    pub fn set_cookies(&self, token: &SignedToken<Access>) -> Response<()> {
        let mut response = Response::new(());
        let cookies = self.auth.set_access_cookies(token).unwrap();
        handstamp_tower::append_cookies(cookies, response.headers_mut());
        response
    }
}

impl Default for Handstamp {
    fn default() -> Self {
        Self::new()
    }
}

/// Returns a token that expired long ago.
///
/// # Panics
/// Panics if the token cannot be made.
#[must_use]
pub fn expired_token() -> SignedToken<Access> {
    let auth = Auth::builder(config()).with_clock(In2020).build().unwrap();
    auth.create_access_token(new_token()).unwrap()
}

/// # Panics
/// Never: the configuration is valid.
#[must_use]
pub fn config() -> Config {
    Config::builder()
        .secret_key(SECRET.as_slice())
        .access_token_expires(minutes(60))
        .encode_issuer(ISSUER)
        .encode_audience([AUDIENCE])
        .build()
        .unwrap()
}

pub fn new_token() -> NewToken {
    NewToken::for_subject(SUBJECT).fresh().scopes(SCOPES)
}

#[derive(Debug)]
struct In2020;

impl Clock for In2020 {
    fn now(&self) -> UnixTime {
        UnixTime::from_secs(1_577_836_800)
    }
}
