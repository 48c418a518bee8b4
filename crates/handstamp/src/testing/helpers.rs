//! Helpers for the tests of the core: a fixed clock and random source, heads of requests, tokens
//! with any claims.

use std::fmt::{Debug, Write};
use std::future::Future;
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

use serde_json::{Value, json};
use tracing::field::{Field, Visit};
use tracing::{Event, Metadata, Subscriber, span};

use crate::clock::UnixTime;
use crate::config::ConfigBuilder;
use crate::purpose::Purpose;
use crate::random::{RandomError, RandomSource};
use crate::testing::TestClock;
use crate::{Auth, Authenticated, Config, RequestHead, Require, error::Rejection};

pub(crate) const SECRET: &str = "a secret of at least thirty-two bytes";
pub(crate) const NOW: u64 = 1_800_000_000;
/// The claim `csrf` of [`claims`].
pub(crate) const CSRF: &str = "value-of-csrf";

pub(crate) fn builder() -> ConfigBuilder {
    Config::builder().secret_key(SECRET)
}

/// An `Auth` whose clock shows [`NOW`].
pub(crate) fn auth(config: ConfigBuilder) -> Auth {
    let (auth, _clock) = auth_and_clock(config);
    auth
}

pub(crate) fn auth_and_clock(config: ConfigBuilder) -> (Auth, TestClock) {
    let clock = clock_at(NOW);
    let auth = Auth::builder(config.build().unwrap())
        .with_clock(clock.clone())
        .build()
        .unwrap();
    (auth, clock)
}

/// A clock that shows this time, in seconds.
pub(crate) fn clock_at(secs: u64) -> TestClock {
    TestClock::at(UnixTime::from_secs(secs))
}

/// A source that returns 0, 1, 2 and so on, starting anew at each call.
#[derive(Debug)]
pub(crate) struct Counting;

impl RandomSource for Counting {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), RandomError> {
        for (byte, value) in bytes.iter_mut().zip(0..) {
            *byte = value;
        }
        Ok(())
    }
}

/// A source that returns no bytes.
#[derive(Debug)]
pub(crate) struct Dry;

impl RandomSource for Dry {
    fn fill(&self, _: &mut [u8]) -> Result<(), RandomError> {
        Err(RandomError)
    }
}

/// The head of a request, built by hand.
#[derive(Debug, Clone, Default)]
pub(crate) struct Head {
    method: String,
    headers: Vec<(String, Vec<u8>)>,
    query: Option<String>,
}

impl Head {
    pub(crate) fn new(method: &str) -> Self {
        Self {
            method: method.to_owned(),
            ..Self::default()
        }
    }

    pub(crate) fn header(mut self, name: &str, value: impl Into<Vec<u8>>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    /// Adds a `Cookie` line with one cookie.
    pub(crate) fn cookie(self, name: &str, value: &str) -> Self {
        self.header("cookie", format!("{name}={value}"))
    }

    /// Adds the access token in its cookie.
    pub(crate) fn access(self, token: &str) -> Self {
        self.cookie("access_token_cookie", token)
    }

    /// Adds the refresh token in its cookie.
    pub(crate) fn refresh(self, token: &str) -> Self {
        self.cookie("refresh_token_cookie", token)
    }

    pub(crate) fn bearer(self, token: &str) -> Self {
        self.header("authorization", format!("Bearer {token}"))
    }

    pub(crate) fn csrf(self, value: impl Into<Vec<u8>>) -> Self {
        self.header("x-csrf-token", value)
    }

    pub(crate) fn query(mut self, query: &str) -> Self {
        self.query = Some(query.to_owned());
        self
    }
}

impl RequestHead for Head {
    fn method(&self) -> &str {
        &self.method
    }

    fn header_values(&self, name: &str) -> impl Iterator<Item = &[u8]> {
        self.headers
            .iter()
            .filter(move |(own, _)| own.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_slice())
    }

    fn query(&self) -> Option<&str> {
        self.query.as_deref()
    }
}

/// Returns the claims of an access token issued at [`NOW`], with these changes; `null` removes a
/// claim.
pub(crate) fn claims(changes: &Value) -> String {
    let mut claims = json!({
        "sub": "user1", "jti": "id", "type": "access", "fresh": false, "csrf": CSRF, "iat": NOW, "exp": NOW + 900,
    });
    let all = claims.as_object_mut().unwrap();
    for (name, value) in changes.as_object().unwrap() {
        all.insert(name.clone(), value.clone());
    }
    all.retain(|_, value| !value.is_null());
    claims.to_string()
}

/// Signs a token with these claims.
pub(crate) fn sign(auth: &Auth, claims: &str) -> String {
    auth.config().keys().sign(claims.as_bytes()).unwrap()
}

/// Signs a token with [`claims`].
pub(crate) fn token(auth: &Auth, changes: &Value) -> String {
    sign(auth, &claims(changes))
}

/// Authenticates without a runtime: nothing here waits.
pub(crate) fn ask<P: Purpose>(
    auth: &Auth,
    head: &impl RequestHead,
    require: &Require<P>,
) -> Result<Authenticated<P>, Rejection> {
    let answer = now(auth.authenticate(head, require));
    #[cfg(feature = "utoipa")]
    if let Err(rejection) = &answer {
        crate::openapi::assert_described(auth, head, require, rejection);
    }
    answer
}

/// Returns the subject, or the code of the rejection.
pub(crate) fn outcome<P: Purpose>(
    auth: &Auth,
    head: &impl RequestHead,
    require: &Require<P>,
) -> String {
    match ask(auth, head, require) {
        Ok(token) => token.subject().to_owned(),
        Err(rejection) => rejection.code().to_owned(),
    }
}

pub(crate) fn now<T>(future: impl Future<Output = T>) -> T {
    let mut context = Context::from_waker(Waker::noop());
    match pin!(future).poll(&mut context) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("the future waits"),
    }
}

/// Polls a future that yields to others until it is ready.
pub(crate) fn block_on<T>(future: impl Future<Output = T>) -> T {
    let mut context = Context::from_waker(Waker::noop());
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(value) = future.as_mut().poll(&mut context) {
            return value;
        }
    }
}

/// Keeps every event as a line of text, after its level and target.
pub(crate) struct Log(Arc<Mutex<String>>);

impl Log {
    pub(crate) fn new() -> (Self, Arc<Mutex<String>>) {
        let lines = Arc::<Mutex<String>>::default();
        (Self(Arc::clone(&lines)), lines)
    }
}

impl Subscriber for Log {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}

    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

    fn event(&self, event: &Event<'_>) {
        struct Line(String);

        impl Visit for Line {
            fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
                write!(self.0, "{}={value:?} ", field.name()).unwrap();
            }
        }

        let metadata = event.metadata();
        let mut line = Line(format!("{} {}: ", metadata.level(), metadata.target()));
        event.record(&mut line);
        *self.0.lock().unwrap() += &(line.0 + "\n");
    }

    fn enter(&self, _: &span::Id) {}

    fn exit(&self, _: &span::Id) {}
}
