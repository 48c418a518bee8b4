//! The state that all calls of one `Auth` share: settings, sources of time and randomness, store,
//! blocklist, and the listener for session events. It judges no request and issues no token.

pub mod blocklist;
mod deadline;
mod event;
pub(crate) mod log_limit;
mod logged_account;
mod metrics;
mod refusal_log;
mod renewal;
mod turns;
mod watchers;

use std::future::Future;
use std::sync::{Arc, Once};
use std::time::Duration;

use blocklist::{Blocklist, TokenInfo, TokenStatus};
pub(crate) use event::Listener;
pub use event::{Clients, EventKind, SessionEvent};
pub(crate) use logged_account::LoggedAccount;
use metrics::Metrics;
pub(crate) use metrics::{Asked, Uneventful};
use refusal_log::RefusalLog;
pub(crate) use renewal::RenewalHook;
use turns::{TooMany, Turns};
pub(crate) use watchers::{Notifier, Watchers};

use crate::claims::Claims;
use crate::clock::{Clock, UnixTime};
use crate::config::Config;
use crate::error::{LogIn, RefusalIds, Rejection, RejectionKind, RejectionStyle, StoreError};
use crate::issue::NewToken;
use crate::location::Location;
use crate::origin::Origin;
use crate::random::RandomSource;
use crate::request::RequestHead;
use crate::store::{AccountId, ListSessions, ListedSessions, SessionId, Store};

/// The state that all calls of one `Auth` share.
pub(crate) struct Context {
    config: Config,
    style: Arc<RejectionStyle>,
    clock: Box<dyn Clock>,
    random: Box<dyn RandomSource>,
    blocklist: Option<Blocklist>,
    store: Option<Box<dyn Store>>,
    listener: Option<Listener>,
    renewal_hook: Option<RenewalHook>,
    watchers: Watchers,
    turns: Turns,
    warned_without_store: Once,
    warned_of_preflight: Once,
    warned_of_neighbour: Once,
    refusal_log: RefusalLog,
    refusal_ids: RefusalIds,
    metrics: Metrics,
}

impl Context {
    pub(crate) fn new(
        config: Config,
        clock: Box<dyn Clock>,
        random: Box<dyn RandomSource>,
        blocklist: Option<Blocklist>,
        store: Option<Box<dyn Store>>,
        listener: Option<Listener>,
        renewal_hook: Option<RenewalHook>,
    ) -> Self {
        let settings = &config.settings;
        if let Some(store) = &store {
            store.set_timeout(settings.store_timeout);
        }
        let in_query = settings.token_locations.contains(&Location::Query);
        let style = Arc::new(RejectionStyle {
            style: settings.error_style,
            message_key: settings.error_message_key.clone(),
            log_in: settings.log_in_page.as_ref().map(|page| LogIn {
                page: page.as_str().to_owned(),
                token_parameter: in_query.then(|| settings.query_string_name.clone()),
            }),
        });
        Self {
            config,
            style,
            clock,
            random,
            blocklist,
            store,
            listener,
            renewal_hook,
            watchers: Watchers::default(),
            turns: Turns::new(),
            warned_without_store: Once::new(),
            warned_of_preflight: Once::new(),
            warned_of_neighbour: Once::new(),
            refusal_log: RefusalLog::new(),
            refusal_ids: RefusalIds::default(),
            metrics: Metrics::new(),
        }
    }

    pub(crate) fn config(&self) -> &Config {
        &self.config
    }

    /// Returns the time. Public methods read it once and pass it down.
    pub(crate) fn now(&self) -> UnixTime {
        self.clock.now()
    }

    /// Returns the time in whole seconds, as the claims of a token issued now state it.
    pub(crate) fn issue_time(&self) -> UnixTime {
        UnixTime::from_secs(self.now().as_secs())
    }

    /// Returns for how long a token with this expiry is still accepted, leeway included.
    pub(crate) fn time_left(&self, expires_at: UnixTime) -> Duration {
        let ends_at = expires_at.saturating_add(self.config.settings.decode_leeway);
        ends_at.saturating_since(self.now())
    }

    /// Returns when a store may forget a token with this expiry: past the leeway, also for a store
    /// whose clock is ahead, and for a service with a different leeway.
    pub(crate) fn retain_until(&self, expires_at: UnixTime) -> UnixTime {
        expires_at
            .saturating_add(self.config.settings.decode_leeway)
            .saturating_add(MARGIN)
    }

    pub(crate) fn random(&self) -> &dyn RandomSource {
        &*self.random
    }

    /// Returns the store, if there is one. If the settings require sessions there is one, because
    /// no `Auth` is built otherwise.
    pub(crate) fn store(&self) -> Option<&dyn Store> {
        self.store.as_deref()
    }

    /// Returns the store, for calls that are impossible without one.
    pub(crate) fn required_store(&self) -> Result<&dyn Store, StoreError> {
        let error = || {
            StoreError::new(
                "sessions need a store, and none was given: use Auth::builder(config).store(..)",
            )
        };
        self.store().ok_or_else(error)
    }

    /// Warns once that a log-out ends nothing, if there is no store and the settings do not disable
    /// sessions.
    pub(crate) fn warn_without_store(&self) {
        if self.store.is_none() && self.config.settings.session_tracking.is_none() {
            self.warned_without_store.call_once(|| {
                tracing::warn!(
                    "a log-out deletes cookies and ends no token, because there is no store: use \
                     Auth::builder(config).store(..), or set JWT_SESSION_TRACKING=false if this is meant"
                );
            });
        }
    }

    /// Warns once that a layer rejected a CORS preflight, which browsers send without cookies, so
    /// that pages of other origins can do nothing.
    pub(crate) fn warn_of_preflight(&self) {
        self.warned_of_preflight.call_once(|| {
            tracing::warn!(
                "a CORS preflight was refused, because it has no token, as always: the layer for \
                 CORS must be outside of the layers that demand a token"
            );
        });
    }

    /// Warns once, on loopback, that the token in a cookie is of another application: ports of one
    /// host share cookies ([RFC 6265, section
    /// 8.5](https://www.rfc-editor.org/rfc/rfc6265#section-8.5)).
    pub(crate) fn warn_of_neighbour(&self, head: &impl RequestHead, reason: &RejectionKind) {
        let is_of_another = matches!(
            reason,
            RejectionKind::InvalidSignature | RejectionKind::InvalidAudience
        );
        if is_of_another && self.is_loopback(head) {
            self.warned_of_neighbour.call_once(|| {
                tracing::warn!(
                    code = reason.code(),
                    "another application on this host uses the same cookie names, or the key has changed: set \
                     HANDSTAMP_COOKIE_SUFFIX, or JWT_ACCESS_COOKIE_NAME, JWT_REFRESH_COOKIE_NAME and those of the CSRF \
                     cookies"
                );
            });
        }
    }

    /// Returns whether the service is used on its own machine, by the public origin or the host
    /// that the request names. It decides on a line of the log alone.
    fn is_loopback(&self, head: &impl RequestHead) -> bool {
        let names_loopback = |host: &[u8]| {
            let host = std::str::from_utf8(host).ok();
            let origin = host.map(|host| Origin::try_from(format!("http://{host}").as_str()));
            origin.is_some_and(|origin| origin.is_ok_and(|origin| origin.is_loopback()))
        };
        let public_origin = self.config.settings.public_origin.as_ref();
        public_origin.is_some_and(Origin::is_loopback)
            || head.header_values("host").any(names_loopback)
    }

    /// Returns whether a log-in creates a session. An existing session counts in any case.
    pub(crate) fn keeps_sessions(&self) -> bool {
        self.store.is_some() && self.config.settings.session_tracking != Some(false)
    }

    /// Returns whether refresh tokens without a session are rejected.
    pub(crate) fn requires_sessions(&self) -> bool {
        self.config.settings.session_tracking == Some(true)
    }

    /// Waits for the store of sessions, for `HANDSTAMP_STORE_TIMEOUT` at most.
    pub(crate) async fn with_timeout<T>(
        &self,
        answer: impl Future<Output = Result<T, StoreError>>,
    ) -> Result<T, RejectionKind> {
        self.ask(Asked::Sessions, answer).await
    }

    /// Waits for whoever is asked, for `HANDSTAMP_STORE_TIMEOUT` at most, and counts the answer. An
    /// answer that is given up with its request is not counted.
    pub(crate) async fn ask<T>(
        &self,
        asked: Asked,
        answer: impl Future<Output = Result<T, StoreError>>,
    ) -> Result<T, RejectionKind> {
        let since = self.metrics.ask();
        let answer = deadline::within(self.config.settings.store_timeout, answer).await;
        self.metrics.answered(asked, since, &answer);
        answer.map_err(RejectionKind::StoreUnavailable)
    }

    /// Lists sessions, once the account has its [turn](Turns).
    pub(crate) async fn list(
        &self,
        store: &dyn Store,
        list: ListSessions,
    ) -> Result<ListedSessions, RejectionKind> {
        let limit = self.config.settings.store_timeout;
        let account = list.account.clone();
        let listed = self.with_timeout(store.list(list));
        match self.turns.take(&account, limit, listed).await {
            Ok(listed) => listed,
            Err(TooMany { retry_after }) => Err(RejectionKind::RateLimited { retry_after }),
        }
    }

    #[cfg(feature = "utoipa")]
    pub(crate) fn has_blocklist(&self) -> bool {
        self.blocklist.is_some()
    }

    /// Returns how rejections are written.
    #[cfg(feature = "utoipa")]
    pub(crate) fn style(&self) -> &RejectionStyle {
        &self.style
    }

    /// Asks the blocklist. Without one, every token with a valid signature is active.
    pub(crate) async fn ask_blocklist(
        &self,
        claims: &Claims,
    ) -> Result<TokenStatus, RejectionKind> {
        match &self.blocklist {
            Some(blocklist) => {
                let answer = blocklist.ask(TokenInfo::from(claims));
                self.ask(Asked::Blocklist, answer).await
            }
            None => Ok(TokenStatus::Active),
        }
    }

    /// Returns whether the application changes the claims of renewed tokens.
    pub(crate) fn changes_renewed(&self) -> bool {
        self.renewal_hook.is_some()
    }

    /// Lets the application change the claims of a renewed token, if it registered a function for
    /// it.
    pub(crate) async fn change_renewed(&self, token: NewToken) -> Result<NewToken, RejectionKind> {
        match &self.renewal_hook {
            Some(hook) => self.ask(Asked::Renewal, hook.change(token)).await,
            None => Ok(token),
        }
    }

    /// Returns whether a token is also checked with a blocklist or store.
    pub(crate) fn asks_about_tokens(&self) -> bool {
        self.blocklist.is_some() || self.store.is_some()
    }

    /// Logs why a request is rejected, counts it, and makes the response.
    pub(crate) fn reject(&self, reason: RejectionKind) -> Rejection {
        self.metrics.refused(&reason);
        self.log_and_make(reason)
    }

    /// Makes the rejection of a request that is let through without a token, for a handler that may
    /// send it all the same.
    pub(crate) fn pass_by(&self, reason: RejectionKind) -> Rejection {
        self.metrics.anonymous();
        self.log_and_make(reason)
    }

    fn log_and_make(&self, reason: RejectionKind) -> Rejection {
        let id = self.refusal_ids.next();
        self.refusal_log
            .refused(id, &reason, &self.config, &*self.clock);
        Rejection::new(reason, Arc::clone(&self.style), id)
    }

    /// Counts a request whose token was admitted.
    pub(crate) fn count_admitted(&self) {
        self.metrics.admitted();
    }

    /// Counts a request that is answered without a token.
    pub(crate) fn count_anonymous(&self) {
        self.metrics.anonymous();
    }

    /// Counts a refresh that is no event of a session.
    pub(crate) fn count_refresh(&self, how: Uneventful) {
        self.metrics.refreshed(how);
    }

    pub(crate) fn watchers(&self) -> &Watchers {
        &self.watchers
    }

    /// Logs the event, counts it, and calls the listener.
    pub(crate) fn emit(&self, kind: EventKind, account: &AccountId, session: &SessionId) {
        self.report(&SessionEvent {
            kind,
            account: account.clone(),
            session: session.clone(),
            clients: None,
        });
    }

    /// Does the same for an event that says more than its kind.
    pub(crate) fn report(&self, event: &SessionEvent) {
        event.log(&self.config);
        self.metrics.event(event.kind);
        if let Some(Listener(listener)) = &self.listener {
            listener(event);
        }
    }
}

const MARGIN: Duration = Duration::from_secs(60 * 60);

#[cfg(test)]
mod tests;
