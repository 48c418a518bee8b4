//! handstamp, by the calls that adapters and applications make.

use handstamp::clock::{Clock, UnixTime};
use handstamp::config::ConfigBuilder;
use handstamp::error::Rejection;
use handstamp::purpose::Access;
use handstamp::session::ClientInfo;
use handstamp::store::Store;
use handstamp::{Auth, Authenticated, Config, NewToken, Require, SignedToken, TokenPair, minutes};
use handstamp_tower::Head;
use http::{Request, Response};

use crate::facts::{AUDIENCE, ISSUER, ORIGIN, SCOPES, SECRET, SUBJECT};
use crate::poll::now;

pub struct Handstamp {
    auth: Auth,
    require: Require<Access>,
}

impl Handstamp {
    #[must_use]
    pub fn new() -> Self {
        Self::requiring(Require::access())
    }

    /// # Panics
    /// Panics if the configuration is refused.
    #[must_use]
    pub fn requiring(require: Require<Access>) -> Self {
        let auth = Auth::new(config().build().unwrap()).unwrap();
        Self { auth, require }
    }

    /// Knows its public origin: a request that changes something must come from there, and have a
    /// CSRF value.
    ///
    /// # Panics
    /// Panics if the configuration is refused.
    #[must_use]
    pub fn with_origin() -> Self {
        let config = config().public_origin(ORIGIN).build().unwrap();
        Self {
            auth: Auth::new(config).unwrap(),
            require: Require::access(),
        }
    }

    /// Signs with this private key, and remembers the signatures that it has verified, or not.
    ///
    /// # Panics
    /// Panics if the configuration is refused.
    #[cfg(feature = "key-pairs")]
    #[must_use]
    pub fn with_key_pair(
        algorithm: handstamp::config::Algorithm,
        pem: &str,
        remember: bool,
    ) -> Self {
        let config = Config::builder()
            .algorithm(algorithm)
            .private_key(pem)
            .signature_cache(remember)
            .access_token_expires(minutes(60))
            .encode_issuer(ISSUER)
            .encode_audience([AUDIENCE]);
        Self {
            auth: Auth::new(config.build().unwrap()).unwrap(),
            require: Require::access(),
        }
    }

    /// Asks this store about every token.
    ///
    /// # Panics
    /// Panics if the configuration is refused.
    #[must_use]
    pub fn with_store(store: impl Store) -> Self {
        let auth = Auth::builder(config().build().unwrap()).store(store);
        Self {
            auth: auth.build().unwrap(),
            require: Require::access(),
        }
    }

    /// Authenticates a request with every check, without an async runtime.
    ///
    /// # Errors
    /// Returns the [`Rejection`] if the token is not valid.
    ///
    /// # Panics
    /// Panics if its store waits.
    #[inline(never)]
    pub fn verify(&self, request: &Request<()>) -> Result<Authenticated<Access>, Rejection> {
        let head = Head::from(request);
        now(self.auth.authenticate(&head, &self.require))
    }

    /// # Panics
    /// Panics if the token cannot be made.
    #[inline(never)]
    #[must_use]
    pub fn issue(&self) -> SignedToken<Access> {
        self.auth.create_access_token(new_token(SUBJECT)).unwrap()
    }

    /// Returns the tokens of a new session of this user.
    ///
    /// # Panics
    /// Panics if the tokens cannot be made, or its store waits.
    pub fn log_in(&self, subject: &str) -> TokenPair {
        now(self.auth.log_in(new_token(subject), ClientInfo::new())).unwrap()
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
    let auth = Auth::builder(config().build().unwrap()).with_clock(In2020);
    let auth: Auth = auth.build().unwrap();
    auth.create_access_token(new_token(SUBJECT)).unwrap()
}

/// The settings of every measurement.
pub fn config() -> ConfigBuilder {
    Config::builder()
        .secret_key(SECRET.as_slice())
        .access_token_expires(minutes(60))
        .encode_issuer(ISSUER)
        .encode_audience([AUDIENCE])
}

pub fn new_token(subject: &str) -> NewToken {
    NewToken::for_subject(subject).fresh().scopes(SCOPES)
}

#[derive(Debug)]
struct In2020;

impl Clock for In2020 {
    fn now(&self) -> UnixTime {
        UnixTime::from_secs(1_577_836_800)
    }
}
