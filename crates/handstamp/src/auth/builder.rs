//! What an `Auth` is made of.

use std::future::Future;
use std::marker::PhantomData;
use std::sync::Arc;

use super::Auth;
use crate::clock::{Clock, SystemClock};
use crate::config::Config;
use crate::context::blocklist::{Blocklist, TokenInfo, TokenStatus};
use crate::context::{Context, Listener, RenewalHook, SessionEvent};
use crate::error::{ConfigError, Problem, StoreError};
use crate::issue::NewToken;
use crate::random::{RandomSource, SystemRandom};
use crate::store::Store;

/// Builder for [`Auth`].
#[derive(Debug)]
#[must_use = "call `build`"]
pub struct AuthBuilder<T = Auth> {
    config: Config,
    clock: Box<dyn Clock>,
    random: Box<dyn RandomSource>,
    blocklist: Option<Blocklist>,
    store: Option<Box<dyn Store>>,
    listener: Option<Listener>,
    renewal_hook: Option<RenewalHook>,
    makes: PhantomData<fn() -> T>,
}

impl<T: From<Auth>> AuthBuilder<T> {
    /// For an adapter whose own type holds an `Auth`; applications have [`Auth::builder`].
    pub fn new(config: Config) -> Self {
        Self {
            config,
            clock: Box::new(SystemClock),
            random: Box::new(SystemRandom),
            blocklist: None,
            store: None,
            listener: None,
            renewal_hook: None,
            makes: PhantomData,
        }
    }

    /// Keeps sessions and revocations here: then log-ins are sessions, refresh tokens are exchanged, and every request asks
    /// whether its token is still good, at the cost of one round trip. [`store`](crate::store) tells which store for what.
    ///
    /// ```
    /// use handstamp::store::MemoryStore;
    /// use handstamp::{Auth, Config};
    ///
    /// # let config = Config::builder().secret_key([7; 32].as_slice()).build()?;
    /// let auth = Auth::builder(config).store(MemoryStore::new()).build()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Security
    /// A store that does not answer within `HANDSTAMP_STORE_TIMEOUT` lets nobody in: 503, and no cookie is touched.
    pub fn store(mut self, store: impl Store) -> Self {
        self.store = Some(Box::new(store));
        self
    }

    /// Calls this function for everything that happens to sessions, at once and in the request that caused it. Let it be
    /// quick: count, or send it on.
    ///
    /// ```
    /// use handstamp::session::EventKind;
    /// use handstamp::store::MemoryStore;
    /// use handstamp::{Auth, Config};
    ///
    /// # let config = Config::builder().secret_key([7; 32].as_slice()).build()?;
    /// let auth = Auth::builder(config)
    ///     .store(MemoryStore::new())
    ///     .on_session_event(|event| {
    ///         if let EventKind::Reused(_) = event.kind {
    ///             eprintln!("somebody copied a refresh token: {event:?}");
    ///         }
    ///     })
    ///     .build()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn on_session_event(
        mut self,
        listener: impl Fn(&SessionEvent) + Send + Sync + 'static,
    ) -> Self {
        self.listener = Some(Listener(Box::new(listener)));
        self
    }

    /// Asks this function about every token whose signature, times and CSRF value hold. It decides by
    /// [`TokenInfo::id`]; when it cannot, the request is answered with 503.
    ///
    /// # Security
    /// Called once for each request whose token is genuine, on every path: cookies, headers, refreshes. What does not answer
    /// within `HANDSTAMP_STORE_TIMEOUT` lets nobody in.
    ///
    /// ```
    /// use handstamp::blocklist::TokenStatus;
    /// use handstamp::{Auth, Config};
    ///
    /// # let config = Config::builder().secret_key([7; 32].as_slice()).build()?;
    /// let auth = Auth::builder(config)
    ///     .with_blocklist(|token| async move {
    ///         let revoked = token.id() == "the id of a stolen token";
    ///         Ok(if revoked { TokenStatus::Revoked } else { TokenStatus::Active })
    ///     })
    ///     .build()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn with_blocklist<F, A>(mut self, ask: F) -> Self
    where
        F: Fn(TokenInfo) -> A + Send + Sync + 'static,
        A: Future<Output = Result<TokenStatus, StoreError>> + Send + 'static,
    {
        self.blocklist = Some(Blocklist::new(ask));
        self
    }

    /// Changes what an access token says when implicit refresh renews it, as
    /// [`Auth::refresh_with`] does at a refresh: scopes and claims are loaded anew instead of copied.
    ///
    /// The function gets the token as it is. The account, the session and the time of the log-in
    /// stay as they are, and the token is not fresh, whatever it returns. The session itself is not
    /// changed. If the function fails, or does not answer within `HANDSTAMP_STORE_TIMEOUT`, nothing
    /// is renewed, and the token lives until it expires.
    ///
    /// ```
    /// use handstamp::{Auth, Config};
    ///
    /// # async fn scopes_of(_: &str) -> Vec<String> { Vec::new() }
    /// # let config = Config::builder().secret_key([7; 32].as_slice()).build()?;
    /// let auth = Auth::builder(config)
    ///     .on_implicit_refresh(|token| async move {
    ///         let scopes = scopes_of(token.subject()).await; // as your database has them now
    ///         Ok(token.scopes(scopes))
    ///     })
    ///     .build()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn on_implicit_refresh<F, A>(mut self, change: F) -> Self
    where
        F: Fn(NewToken) -> A + Send + Sync + 'static,
        A: Future<Output = Result<NewToken, StoreError>> + Send + 'static,
    {
        self.renewal_hook = Some(RenewalHook::new(change));
        self
    }

    /// Takes the time from here.
    pub fn with_clock(mut self, clock: impl Clock + 'static) -> Self {
        self.clock = Box::new(clock);
        self
    }

    /// Takes token ids and CSRF values from here.
    pub fn with_random_source(mut self, random: impl RandomSource + 'static) -> Self {
        self.random = Box::new(random);
        self
    }

    /// Makes the [`Auth`], and logs the configuration's warnings.
    ///
    /// ```
    /// use handstamp::{Auth, Config};
    ///
    /// let config = Config::builder()
    ///     .secret_key("a secret of at least thirty-two bytes")
    ///     .session_tracking(true)
    ///     .build()?;
    /// let error = Auth::builder(config).build().unwrap_err();
    /// assert_eq!(error.problems()[0].key(), "JWT_SESSION_TRACKING");
    /// # Ok::<(), handstamp::error::ConfigError>(())
    /// ```
    ///
    /// # Errors
    /// [`ConfigError`] where `JWT_SESSION_TRACKING=true` and there is no store: what asks for
    /// sessions and cannot keep any does not start.
    pub fn build(self) -> Result<T, ConfigError> {
        let Self {
            config,
            clock,
            random,
            blocklist,
            store,
            listener,
            renewal_hook,
            makes: _,
        } = self;
        if store.is_none() && config.settings.session_tracking == Some(true) {
            return Err(ConfigError::new(vec![Problem::new(
                "JWT_SESSION_TRACKING",
                Some("true"),
                "sessions need a store, and none was given",
                "Use Auth::builder(config).store(..), or set it to false",
            )]));
        }
        for warning in config.warnings() {
            tracing::warn!("{warning}");
        }
        let context = Context::new(
            config,
            clock,
            random,
            blocklist,
            store,
            listener,
            renewal_hook,
        );
        Ok(Auth(Arc::new(context)).into())
    }
}
