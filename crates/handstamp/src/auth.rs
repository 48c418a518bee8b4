//! The face of the library. It holds no logic: `issue`, `authenticate` and `session` do.

use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use crate::admission::{Admission, Blocklist, TokenInfo};
use crate::authenticate;
use crate::authenticated::Authenticated;
use crate::clock::{Clock, SystemClock, UnixTime};
use crate::config::Config;
use crate::connection::Watchers;
use crate::csrf;
use crate::deadline;
use crate::error::{IssueError, Rejection, RejectionKind, RejectionStyle, StoreError};
use crate::issue;
use crate::new_token::NewToken;
use crate::purpose::sealed::Kind;
use crate::purpose::{Access, Purpose, Refresh};
use crate::random::{RandomSource, SystemRandom};
use crate::request::RequestHead;
use crate::session::{EventKind, Listener, SessionEvent};
use crate::set_cookies::SetCookies;
use crate::signed_token::{SignedToken, TokenPair};
use crate::store::{AccountId, Missing, SessionId, Store};

/// Makes tokens, sets cookies, and checks what requests bring. Cheap to clone: all clones are one.
///
/// ```
/// use handstamp::{Auth, Config, minutes};
///
/// let auth = Auth::new(
///     Config::builder()
///         .secret_key("a secret of at least thirty-two bytes")
///         .access_token_expires(minutes(15))
///         .build()?,
/// );
/// let access = auth.create_access_token("user1")?;
/// let cookies = auth.set_access_cookies(&access)?;
/// assert_eq!(cookies.lines().count(), 2); // the token, and its CSRF value
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Auth(Arc<Parts>);

struct Parts {
    config: Config,
    shape: Arc<RejectionStyle>,
    clock: Box<dyn Clock>,
    random: Box<dyn RandomSource>,
    blocklist: Option<Blocklist>,
    store: Option<Box<dyn Store>>,
    listener: Option<Listener>,
    watchers: Watchers,
}

impl Auth {
    /// With the system's clock and random source, and no store.
    #[must_use]
    pub fn new(config: Config) -> Self {
        Self::builder(config).build()
    }

    /// To bring a store, a blocklist, or a clock and random source of one's own.
    pub fn builder(config: Config) -> AuthBuilder {
        AuthBuilder {
            config,
            clock: Box::new(SystemClock),
            random: Box::new(SystemRandom),
            blocklist: None,
            store: None,
            listener: None,
        }
    }

    /// Makes an access token.
    ///
    /// ```
    /// # use handstamp::{Auth, Config, NewToken};
    /// # let auth = Auth::new(Config::builder().secret_key([7; 32].as_slice()).build()?);
    /// let plain = auth.create_access_token("user1")?;
    /// let scoped = auth.create_access_token(NewToken::for_subject("user1").scopes(["posts:write"]))?;
    /// let error = auth.create_access_token(NewToken::for_subject("user1").claim("exp", 0)).unwrap_err();
    /// assert!(error.to_string().starts_with("the claim \"exp\" has a meaning of its own"));
    /// # assert_ne!(plain.id(), scoped.id());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`IssueError`]: a mistake of the program, such as a custom claim with a registered name.
    pub fn create_access_token(
        &self,
        token: impl Into<NewToken>,
    ) -> Result<SignedToken<Access>, IssueError> {
        issue::issue(self, &token.into().with_login_type(self.config())?)
    }

    /// Makes a refresh token, good only for getting new access tokens.
    ///
    /// # Errors
    /// As [`create_access_token`](Self::create_access_token).
    pub fn create_refresh_token(
        &self,
        token: impl Into<NewToken>,
    ) -> Result<SignedToken<Refresh>, IssueError> {
        issue::issue(self, &token.into().with_login_type(self.config())?)
    }

    /// Makes one of each, for clients that keep tokens themselves. [`NewToken::expires_in`] is for the access token;
    /// the refresh token lives `JWT_REFRESH_TOKEN_EXPIRES`.
    ///
    /// ```
    /// # use handstamp::{Auth, Config, NewToken};
    /// # let auth = Auth::new(Config::builder().secret_key([7; 32].as_slice()).build()?);
    /// let pair = auth.create_token_pair(NewToken::for_subject("user1").fresh())?;
    /// assert!(pair.access().expires_at() < pair.refresh().expires_at());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As [`create_access_token`](Self::create_access_token).
    pub fn create_token_pair(&self, token: impl Into<NewToken>) -> Result<TokenPair, IssueError> {
        let mut token = token.into().with_login_type(self.config())?;
        let access = issue::issue(self, &token)?;
        token.lifetime = None;
        Ok(TokenPair {
            access,
            refresh: issue::issue(self, &token)?,
            keeps_refresh_cookie: false,
        })
    }

    /// The cookies that log a browser in: the access token, and its CSRF value for script to read.
    ///
    /// # Errors
    /// [`IssueError::CookieTooLarge`] when the token is too long for a cookie.
    pub fn set_access_cookies(
        &self,
        token: &SignedToken<Access>,
    ) -> Result<SetCookies, IssueError> {
        issue::set(self.config(), token)
    }

    /// The cookies that let a browser refresh.
    ///
    /// # Errors
    /// As [`set_access_cookies`](Self::set_access_cookies).
    pub fn set_refresh_cookies(
        &self,
        token: &SignedToken<Refresh>,
    ) -> Result<SetCookies, IssueError> {
        issue::set(self.config(), token)
    }

    /// All four cookies of a log-in or refresh, living as long as its session says.
    ///
    /// Only two, the access token's, after a refresh that gave back the token that it was asked with: another answer may
    /// bring the browser the next one first.
    ///
    /// # Errors
    /// As [`set_access_cookies`](Self::set_access_cookies).
    pub fn set_cookies(&self, tokens: &TokenPair) -> Result<SetCookies, IssueError> {
        let access = issue::set(self.config(), &tokens.access)?;
        if tokens.keeps_refresh_cookie {
            return Ok(access);
        }
        Ok(access.and(issue::set(self.config(), &tokens.refresh)?))
    }

    /// Deletes all four cookies.
    ///
    /// ```
    /// # use handstamp::{Auth, Config};
    /// # let auth = Auth::new(Config::builder().secret_key([7; 32].as_slice()).build()?);
    /// let lines: Vec<String> = auth.unset_cookies().lines().map(|line| line.to_header_value()).collect();
    /// assert_eq!(lines.len(), 4);
    /// assert!(lines[0].starts_with("access_token_cookie=; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; Max-Age=0;"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Security
    /// The browser forgets the tokens; whoever copied one still has it until it expires. [`log_out`](Self::log_out) ends
    /// the session as well.
    pub fn unset_cookies(&self) -> SetCookies {
        issue::unset(self.config(), &[Kind::Access, Kind::Refresh])
    }

    /// Deletes the access token's cookies.
    pub fn unset_access_cookies(&self) -> SetCookies {
        issue::unset(self.config(), &[Kind::Access])
    }

    /// Deletes the refresh token's cookies.
    pub fn unset_refresh_cookies(&self) -> SetCookies {
        issue::unset(self.config(), &[Kind::Refresh])
    }

    /// The token's CSRF value for a page that is about to be sent: other bytes each time, the same meaning, in a header and in a
    /// form field. Empty when the token was made without one.
    ///
    /// ```
    /// # use handstamp::{Auth, Authenticated, error::IssueError, purpose::Access};
    /// fn form(auth: &Auth, token: &Authenticated<Access>) -> Result<String, IssueError> {
    ///     let csrf = auth.masked_csrf(token)?; // letters, digits, and `-_.`: no need to escape it
    ///     Ok(format!(r#"<form method="post"><input type="hidden" name="csrf_token" value="{csrf}">"#))
    /// }
    /// ```
    ///
    /// # Security
    /// [`Authenticated::csrf`] itself, in pages that are compressed and repeat what the request said, can be guessed from their
    /// lengths (BREACH).
    ///
    /// # Errors
    /// [`IssueError::Random`].
    pub fn masked_csrf<P: Purpose>(&self, token: &Authenticated<P>) -> Result<String, IssueError> {
        match token.csrf() {
            None | Some("") => Ok(String::new()),
            Some(value) => csrf::masked::mask(value, self.random()).map_err(|_| IssueError::Random),
        }
    }

    /// Checks freshness alone, of a token that an earlier layer let in.
    ///
    /// # Errors
    /// `fresh_token_required`.
    pub fn require_fresh(&self, token: &Authenticated<Access>) -> Result<(), Rejection> {
        if token.is_fresh() {
            Ok(())
        } else {
            Err(self.reject(RejectionKind::FreshTokenRequired))
        }
    }

    /// Checks freshness alone, as [`Require::fresh_within`](crate::Require::fresh_within) does, of a token that an earlier
    /// layer let in.
    ///
    /// # Errors
    /// `fresh_token_required`.
    pub fn require_fresh_within(
        &self,
        token: &Authenticated<Access>,
        span: Duration,
    ) -> Result<(), Rejection> {
        if authenticate::is_fresh_within(self, token.claims_set(), span) {
            Ok(())
        } else {
            Err(self.reject(RejectionKind::FreshTokenRequired))
        }
    }

    /// Checks that two layers of one route found the same token. Otherwise each would check its demands on another one.
    ///
    /// # Errors
    /// `invalid_token`.
    pub fn require_same<P: Purpose>(
        &self,
        outer: &Authenticated<P>,
        inner: &Authenticated<P>,
    ) -> Result<(), Rejection> {
        if outer.id() == inner.id() && outer.subject() == inner.subject() {
            Ok(())
        } else {
            let reason = "two layers of the route found two different tokens";
            Err(self.reject(RejectionKind::InvalidToken(reason.into())))
        }
    }

    /// Checks that no other site made a browser send this request, for a route that asks for no token: a log-in, so that
    /// nobody is logged in to an account that is not theirs. Requests that only read pass, and so do programs, but for a
    /// WebSocket, whose `Origin` must be the public or a trusted one.
    ///
    /// Needs `HANDSTAMP_PUBLIC_ORIGIN`, unless all browsers send `Sec-Fetch-Site`, as those of today do over HTTPS and to
    /// localhost.
    ///
    /// # Errors
    /// `cross_site_request`, `origin_not_allowed`.
    pub fn require_same_origin(&self, head: &impl RequestHead) -> Result<(), Rejection> {
        csrf::check_tokenless(head, self.config()).map_err(|reason| self.reject(reason))
    }

    /// Whether both are clones of one. Tokens that one `Auth` let in mean nothing to another.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// The settings in force.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.0.config
    }

    pub(crate) fn now(&self) -> UnixTime {
        self.0.clock.now()
    }

    pub(crate) fn random(&self) -> &dyn RandomSource {
        &*self.0.random
    }

    pub(crate) fn blocklist(&self) -> Option<&Blocklist> {
        self.0.blocklist.as_ref()
    }

    pub(crate) fn store(&self) -> Option<&dyn Store> {
        self.0.store.as_deref()
    }

    pub(crate) fn watchers(&self) -> &Watchers {
        &self.0.watchers
    }

    /// For what makes no sense without one.
    pub(crate) fn required_store(&self) -> Result<&dyn Store, RejectionKind> {
        self.store()
            .ok_or_else(|| RejectionKind::StoreUnavailable(Missing::error()))
    }

    /// Whether a log-in makes a session. A session that is there counts in any case.
    pub(crate) fn keeps_sessions(&self) -> bool {
        self.store().is_some() && self.config().session_tracking() != Some(false)
    }

    /// Whether refresh tokens without a session are refused.
    pub(crate) fn requires_sessions(&self) -> bool {
        self.config().session_tracking() == Some(true)
    }

    /// When it is safe to forget a token that expires then: past the leeway, also by a store's clock that is ahead, and for
    /// a service with another leeway.
    pub(crate) fn retain_until(&self, expires_at: UnixTime) -> UnixTime {
        expires_at
            .saturating_add(self.config().leeway())
            .saturating_add(MARGIN)
    }

    /// Waits for a store, but not for ever.
    pub(crate) async fn with_timeout<T>(
        &self,
        answer: impl Future<Output = Result<T, StoreError>>,
    ) -> Result<T, RejectionKind> {
        deadline::within(self.config().store_timeout(), answer)
            .await
            .map_err(RejectionKind::StoreUnavailable)
    }

    pub(crate) fn emit(&self, kind: EventKind, uid: &AccountId, session: &SessionId) {
        let event = SessionEvent {
            kind,
            uid: uid.clone(),
            session: session.clone(),
        };
        event.log();
        if let Some(Listener(listener)) = &self.0.listener {
            listener(&event);
        }
    }

    pub(crate) fn reject(&self, reason: RejectionKind) -> Rejection {
        match &reason {
            RejectionKind::StoreUnavailable(error) => tracing::error!(%error, "request refused"),
            RejectionKind::InvalidToken(detail) => {
                tracing::debug!(code = reason.code(), %detail, "request refused");
            }
            RejectionKind::CrossSiteRequest(said) | RejectionKind::OriginNotAllowed(said) => {
                tracing::debug!(code = reason.code(), said, "request refused");
            }
            reason => tracing::debug!(code = reason.code(), ?reason, "request refused"),
        }
        Rejection::new(reason, Arc::clone(&self.0.shape))
    }
}

impl fmt::Debug for Auth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Auth")
            .field("config", self.config())
            .finish_non_exhaustive()
    }
}

/// An [`Auth`] in the making.
#[derive(Debug)]
#[must_use = "call `build`"]
pub struct AuthBuilder {
    config: Config,
    clock: Box<dyn Clock>,
    random: Box<dyn RandomSource>,
    blocklist: Option<Blocklist>,
    store: Option<Box<dyn Store>>,
    listener: Option<Listener>,
}

impl AuthBuilder {
    /// Keeps sessions and revocations here: then log-ins are sessions, refresh tokens are exchanged, and every request asks
    /// whether its token is still good, at the cost of one round trip. [`store`](crate::store) tells which store for what.
    ///
    /// ```
    /// use handstamp::store::MemoryStore;
    /// use handstamp::{Auth, Config};
    ///
    /// # let config = Config::builder().secret_key([7; 32].as_slice()).build()?;
    /// let auth = Auth::builder(config).store(MemoryStore::new()).build();
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
    ///     .build();
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
    /// use handstamp::admission::Admission;
    /// use handstamp::{Auth, Config};
    ///
    /// # let config = Config::builder().secret_key([7; 32].as_slice()).build()?;
    /// let auth = Auth::builder(config)
    ///     .with_blocklist(|token| async move {
    ///         let revoked = token.id() == "the id of a stolen token";
    ///         Ok(if revoked { Admission::Revoked } else { Admission::Admitted })
    ///     })
    ///     .build();
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn with_blocklist<F, A>(mut self, ask: F) -> Self
    where
        F: Fn(TokenInfo) -> A + Send + Sync + 'static,
        A: Future<Output = Result<Admission, StoreError>> + Send + 'static,
    {
        self.blocklist = Some(Blocklist::new(ask));
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

    /// Done. Logs the configuration's warnings.
    #[must_use]
    pub fn build(self) -> Auth {
        let Self {
            config,
            clock,
            random,
            blocklist,
            mut store,
            listener,
        } = self;
        for warning in config.warnings() {
            tracing::warn!("{warning}");
        }
        if store.is_none() && config.session_tracking() == Some(true) {
            tracing::error!("JWT_SESSION_TRACKING=true: {}", Missing::REASON);
            store = Some(Box::new(Missing));
        }
        let shape = RejectionStyle {
            style: config.error_style(),
            message_key: config.error_message_key().to_owned(),
        };
        Auth(Arc::new(Parts {
            config,
            shape: Arc::new(shape),
            clock,
            random,
            blocklist,
            store,
            listener,
            watchers: Watchers::default(),
        }))
    }
}

const MARGIN: Duration = Duration::from_secs(60 * 60);
