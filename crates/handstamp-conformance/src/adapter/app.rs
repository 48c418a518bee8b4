//! What the app under test is made with, and what a row changes about the world around it.

use std::collections::HashSet;
use std::future::Future;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use handstamp::blocklist::TokenStatus;
use handstamp::clock::UnixTime;
use handstamp::config::ConfigBuilder;
use handstamp::error::StoreError;
use handstamp::limit::RateLimits;
use handstamp::purpose::{Access, Refresh};
use handstamp::session::ClientInfo;
use handstamp::store::MemoryStore;
use handstamp::testing::{FailingStore, TestClock};
use handstamp::{Auth, Config, Location, NewToken, Require, SignedToken, TokenPair};
use serde_json::Value;

use super::limits::Limits;
use super::suite::{access_cookie, csrf, get, post, refresh_cookie};
use crate::{Signature, forge};

/// One configuration of the app, with a clock that stands still, a blocklist that a row fills, and
/// a store for sessions.
#[derive(Debug)]
pub struct App {
    settings: Vec<(&'static str, &'static str)>,
    auth: Auth,
    other: Auth,
    clock: TestClock,
    blocklist: Arc<Blocklist>,
    store: FailingStore<MemoryStore>,
    limits: Limits,
}

impl App {
    /// The defaults, except for these `JWT_*` and `HANDSTAMP_*` settings.
    pub(super) fn new(settings: &[(&'static str, &'static str)]) -> Self {
        Self::build(config(SECRET, settings), settings, true)
    }

    /// As [`new`](Self::new), for users of this login type.
    pub(super) fn with_login_type(
        login_type: &str,
        settings: &[(&'static str, &'static str)],
    ) -> Self {
        let config = builder(SECRET, settings).login_type(login_type).build();
        let config = config.expect("the row's settings fit together");
        Self::build(config, settings, true)
    }

    /// As [`new`](Self::new), but nothing keeps sessions.
    pub(super) fn without_store(settings: &[(&'static str, &'static str)]) -> Self {
        Self::build(config(SECRET, settings), settings, false)
    }

    fn build(config: Config, settings: &[(&'static str, &'static str)], has_store: bool) -> Self {
        let clock = clock();
        let blocklist = Arc::new(Blocklist::default());
        let asked = Arc::clone(&blocklist);
        let store = FailingStore::new(MemoryStore::with_clock(clock.clone()));
        let mut auth = Auth::builder(config)
            .with_clock(clock.clone())
            .with_blocklist(move |token| {
                let asked = Arc::clone(&asked);
                async move {
                    if asked.is_slow.load(Ordering::Relaxed) {
                        tokio::task::yield_now().await;
                    }
                    asked.answer(token.id())
                }
            });
        if has_store {
            auth = auth.store(store.clone());
        }
        let auth = auth
            .build()
            .expect("no sessions are required without a store");
        let other = Auth::builder(self::config(OTHER_SECRET, &storeless(settings)))
            .with_clock(clock.clone())
            .build()
            .expect("no sessions are required without a store");
        Self {
            settings: settings.to_vec(),
            auth,
            other,
            limits: Limits::new(&clock),
            clock,
            blocklist,
            store,
        }
    }

    /// Guards the app. It has a blocklist, and a store that keeps sessions.
    #[must_use]
    pub fn auth(&self) -> &Auth {
        &self.auth
    }

    /// Another `Auth` in the same app: same settings but for sessions, another key, neither
    /// blocklist nor store.
    #[must_use]
    pub fn other(&self) -> &Auth {
        &self.other
    }

    /// The limits of the route `/limited/{name}`.
    #[must_use]
    pub fn limits(&self, name: &str) -> RateLimits {
        self.limits.get(name)
    }

    /// Another service with the same key, to make tokens that this app's settings refuse.
    pub(super) fn sibling(&self, settings: &[(&'static str, &'static str)]) -> Auth {
        let mut all = self.settings.clone();
        all.retain(|(name, _)| settings.iter().all(|(other, _)| other != name));
        all.extend(settings);
        Auth::builder(config(SECRET, &storeless(&all)))
            .with_clock(self.clock.clone())
            .build()
            .expect("no sessions are required without a store")
    }

    /// Signs these claims with the app's own key, whatever they are.
    pub(super) fn signed(claims: &Value) -> String {
        let header = r#"{"alg":"HS256","typ":"JWT"}"#;
        forge(header, claims.to_string(), Signature::Hs256(SECRET))
    }

    pub(super) fn access(&self, token: impl Into<NewToken>) -> SignedToken<Access> {
        access(&self.auth, token)
    }

    pub(super) fn refresh(&self, token: impl Into<NewToken>) -> SignedToken<Refresh> {
        let token = self.auth.create_refresh_token(token);
        token.expect("the row's token can be made")
    }

    /// Logs in, as the app's own route does.
    pub(super) fn log_in(&self, token: impl Into<NewToken>) -> TokenPair {
        let tokens = at_once(self.auth.log_in(token, ClientInfo::new()));
        tokens.expect("the store is up")
    }

    /// Exchanges a refresh token, as the app's own route does.
    pub(super) fn exchange(&self, tokens: &TokenPair) -> TokenPair {
        let request = post("/session/refresh")
            .cookies([refresh_cookie(tokens.refresh())])
            .header("x-csrf-token", csrf(tokens.refresh()));
        let token = at_once(self.auth.authenticate(&request, &Require::refresh()));
        let tokens = at_once(self.auth.refresh(&token.expect("it is a good one")));
        tokens.expect("it is a good one")
    }

    /// The token's CSRF value as a page of the app has it, another one each time.
    pub(super) fn masked(&self, token: &SignedToken<Access>) -> String {
        let request = get("/").cookies([access_cookie(token)]);
        let token = at_once(
            self.auth
                .authenticate(&request, &Require::access().from([Location::Cookies])),
        );
        let masked = self.auth.masked_csrf(&token.expect("it is a good one"));
        masked.expect("there are random bytes")
    }

    /// Ends all sessions of a user.
    pub(super) fn end_sessions(&self, user: &str) {
        at_once(self.auth.revoke_all_sessions(user)).expect("the store is up");
    }

    /// Whether the session of these tokens has ended. Asks nothing of the app.
    pub(super) fn has_ended(&self, tokens: &TokenPair) -> bool {
        let request = post("/session/refresh")
            .cookies([refresh_cookie(tokens.refresh())])
            .header("x-csrf-token", csrf(tokens.refresh()));
        at_once(
            self.auth
                .authenticate(&request, &Require::refresh().without_csrf()),
        )
        .is_err()
    }

    /// When the user's only session was last active, in seconds.
    pub(super) fn last_active(&self, user: &str) -> u64 {
        let sessions = at_once(self.auth.sessions(user)).expect("the store is up");
        let [session] = &sessions[..] else {
            panic!("{user} has {} sessions", sessions.len());
        };
        session.last_active().as_secs()
    }

    pub(super) fn take_the_store_down(&self) {
        self.store.fail();
    }

    pub(super) fn bring_the_store_back(&self) {
        self.store.restore();
    }

    pub(super) fn advance(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }

    pub(super) fn revoke(&self, id: &str) {
        let revoked = &self.blocklist.revoked;
        let mut revoked = revoked.lock().unwrap_or_else(PoisonError::into_inner);
        revoked.insert(id.to_owned());
    }

    pub(super) fn take_the_blocklist_down(&self) {
        self.blocklist.down.store(true, Ordering::Relaxed);
    }

    /// From now on blocklist and store answer when they are polled again.
    pub(super) fn slow_down(&self) {
        self.blocklist.is_slow.store(true, Ordering::Relaxed);
        self.store.slow_down();
    }

    /// How often the store was asked about a token since this was last called.
    pub(super) fn asked_the_store(&self) -> usize {
        self.store.admissions()
    }

    /// How often the blocklist was asked since this was last called.
    pub(super) fn asked(&self) -> usize {
        self.blocklist.asked.swap(0, Ordering::Relaxed)
    }
}

/// A clock that stands at a whole second, until a row moves it.
pub(super) fn clock() -> TestClock {
    TestClock::at(UnixTime::from_secs(1_700_000_000))
}

pub(super) fn access(auth: &Auth, token: impl Into<NewToken>) -> SignedToken<Access> {
    let token = auth.create_access_token(token);
    token.expect("the row's token can be made")
}

/// Nothing of the app ever waits: neither its blocklist nor its store.
pub(super) fn at_once<T>(future: impl Future<Output = T>) -> T {
    let mut context = Context::from_waker(Waker::noop());
    match pin!(future).poll(&mut context) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("the app's store and blocklist never wait"),
    }
}

fn config(secret: &str, settings: &[(&'static str, &'static str)]) -> Config {
    let config = builder(secret, settings).build();
    config.expect("the row's settings fit together")
}

fn builder(secret: &str, settings: &[(&'static str, &'static str)]) -> ConfigBuilder {
    let settings = settings.iter().copied().chain([("JWT_SECRET_KEY", secret)]);
    Config::builder().env_from(settings.map(|(name, value)| (name.into(), value.into())))
}

/// Without the demand for sessions, which no `Auth` without a store can meet.
fn storeless(settings: &[(&'static str, &'static str)]) -> Vec<(&'static str, &'static str)> {
    let mut settings = settings.to_vec();
    settings.retain(|setting| *setting != ("JWT_SESSION_TRACKING", "true"));
    settings
}

#[derive(Debug, Default)]
struct Blocklist {
    revoked: Mutex<HashSet<String>>,
    down: AtomicBool,
    is_slow: AtomicBool,
    asked: AtomicUsize,
}

impl Blocklist {
    fn answer(&self, id: &str) -> Result<TokenStatus, StoreError> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        if self.down.load(Ordering::Relaxed) {
            return Err(StoreError::new("the row took it down"));
        }
        let revoked = self.revoked.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(if revoked.contains(id) {
            TokenStatus::Revoked
        } else {
            TokenStatus::Active
        })
    }
}

const SECRET: &str = "the secret of the app that is tested";
const OTHER_SECRET: &str = "the secret of the other one, not the same";
