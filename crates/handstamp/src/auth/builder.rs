//! The builder of [`Auth`]: takes a configuration, a store and the sources of time and randomness,
//! and refuses what does not fit together.

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
    /// Creates a builder, for an adapter whose own type holds an `Auth`. Applications call
    /// [`Auth::builder`].
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

    /// Sets the store that keeps sessions and revocations. Log-ins then create sessions, refresh
    /// tokens rotate, and each request asks the store whether its token is still valid, in one
    /// round trip. [`store`](crate::store) compares the stores.
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
    /// If the store does not answer within `HANDSTAMP_STORE_TIMEOUT`, requests are rejected with
    /// 503 and no cookie is changed.
    pub fn store(mut self, store: impl Store) -> Self {
        self.store = Some(Box::new(store));
        self
    }

    /// Sets a function that is called for every event of a session, synchronously in the request
    /// that caused it. It should return quickly: count the event, or send it to a channel.
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
    ///             eprintln!("a refresh token was replayed: {event:?}");
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

    /// Sets a function that is asked about every token whose signature, times and CSRF value are
    /// valid. It decides by [`TokenInfo::id`]. If it returns an error, the request is rejected
    /// with 503.
    ///
    /// # Security
    /// It is called once for each valid token of a request, however many layers and extractors a
    /// route has, on every path: cookies, headers, refreshes; and once more before implicit refresh
    /// renews a token, when the handler has answered. A log-out does not call it. If it
    /// does not answer within `HANDSTAMP_STORE_TIMEOUT`, the request is rejected.
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

    /// Sets a function that changes the claims of an access token when implicit refresh renews it,
    /// as [`Auth::refresh_with`] does at a refresh: scopes and claims are loaded anew instead of
    /// copied.
    ///
    /// The function gets the token as it is. The account, the session and the time of the log-in
    /// stay the same, and the token is not fresh, whatever it returns. The session itself is not
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

    /// Sets the clock. The default is the clock of the system.
    pub fn with_clock(mut self, clock: impl Clock + 'static) -> Self {
        self.clock = Box::new(clock);
        self
    }

    /// Sets the random source of token ids and CSRF values. The default is the source of the
    /// system.
    pub fn with_random_source(mut self, random: impl RandomSource + 'static) -> Self {
        self.random = Box::new(random);
        self
    }

    /// Builds the [`Auth`], and logs the warnings of the configuration.
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
    /// With the feature `metrics`, all series are made here, with the recorder of the facade
    /// [`metrics`](https://docs.rs/metrics) that is installed by then: install it first, or they
    /// count nothing. No request makes another one, whatever it contains. The book has [what each
    /// of them counts](https://github.com/handstamp/handstamp/blob/main/docs/monitoring.md).
    ///
    /// # Errors
    /// Returns [`ConfigError`] if `JWT_SESSION_TRACKING=true` and there is no store, because the
    /// sessions could not be kept.
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
