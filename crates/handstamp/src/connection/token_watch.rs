//! A token is looked at again and again.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_timer::Delay;

use super::CloseReason;
use super::watchers::Notifier;
use crate::admission::{self, Admission};
use crate::auth::Auth;
use crate::authenticated::Authenticated;
use crate::claims::Claims;
use crate::config::CheckSessions;
use crate::error::RejectionKind;
use crate::purpose::Access;
use crate::session;
use crate::store::AccountId;

impl Auth {
    /// Resolves when this token would no longer be let in: at its end, leeway included; and, with a store or a blocklist,
    /// when it is revoked. At once when it is revoked by this `Auth`, else within
    /// [ten seconds](TokenWatch::ask_every).
    ///
    /// It borrows nothing and needs no async runtime. See [`connection`](crate::connection).
    ///
    /// ```
    /// # use handstamp::{Auth, Authenticated, connection::CloseReason, purpose::Access};
    /// # use std::time::Duration;
    /// async fn watch(auth: &Auth, token: &Authenticated<Access>) -> CloseReason {
    ///     auth.watch(token).ask_every(Duration::from_secs(3)).await
    /// }
    /// ```
    ///
    /// # Security
    /// It asks what is asked about a request, so with [`CheckSessions::OnRefresh`](crate::config::CheckSessions::OnRefresh)
    /// it asks no store, and a log-out does not end it before the token's own end.
    pub fn watch(&self, token: &Authenticated<Access>) -> TokenWatch {
        let claims = Arc::new(token.claims_set().clone());
        let (key, notifier) = self.watchers().add(claims.uid());
        TokenWatch {
            auth: self.clone(),
            claims,
            key,
            notifier,
            interval: INTERVAL,
            timer: None,
            asking: None,
            missed: 0,
            ended: None,
        }
    }
}

/// Resolves when a token is no longer good: see [`Auth::watch`].
#[must_use = "nobody looks at the token before it is polled"]
pub struct TokenWatch {
    auth: Auth,
    claims: Arc<Claims>,
    key: (AccountId, u64),
    notifier: Arc<Notifier>,
    interval: Duration,
    timer: Option<Delay>,
    asking: Option<Asking>,
    /// How many times in a row nobody answered.
    missed: u32,
    ended: Option<CloseReason>,
}

type Asking = Pin<Box<dyn Future<Output = Result<Admission, RejectionKind>> + Send>>;

impl TokenWatch {
    /// Asks the store this often instead of every ten seconds: what another process revokes is seen within this time. Each
    /// connection begins at a moment of its own, so that many do not ask at once.
    ///
    /// A store that does not answer [three times](CloseReason::StoreUnavailable) in a row ends the connection.
    pub fn ask_every(mut self, interval: Duration) -> Self {
        self.interval = interval.clamp(SHORTEST, LONGEST);
        self.timer = None;
        self
    }

    fn ask(&self) -> Asking {
        Box::pin(ask(self.auth.clone(), Arc::clone(&self.claims)))
    }

    fn record(&mut self, answer: Result<Admission, RejectionKind>) {
        match answer {
            Ok(Admission::Admitted) => self.missed = 0,
            Ok(_) => self.ended = Some(CloseReason::Revoked),
            Err(reason) => {
                self.missed += 1;
                if self.missed < MISSES {
                    tracing::debug!(?reason, missed = self.missed, "a connection goes on");
                } else {
                    tracing::error!(?reason, missed = self.missed, "a connection ends");
                    self.ended = Some(CloseReason::StoreUnavailable);
                }
            }
        }
    }

    /// Some part of the interval.
    pub(super) fn phase(&self) -> Duration {
        let mut random = [0];
        // Without randomness all ask at the same moment, and are answered all the same.
        let _ = self.auth.random().fill(&mut random);
        let [part] = random;
        self.interval * u32::from(part) / u32::from(u8::MAX)
    }
}

impl Future for TokenWatch {
    type Output = CloseReason;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<CloseReason> {
        let this = &mut *self;
        loop {
            if let Some(ended) = this.ended {
                return Poll::Ready(ended);
            }
            // By the clock that judges requests: it may have been set, and timers do not count while a machine sleeps.
            let ends_at = this
                .claims
                .expires_at
                .saturating_add(this.auth.config().leeway());
            let left = ends_at.saturating_since(this.auth.now());
            if left.is_zero() {
                this.ended = Some(CloseReason::Expired);
                continue;
            }
            let begins = this.timer.is_none();
            // What was asked before the ring may have been answered before what rang.
            if this.notifier.was_rung(context) || begins {
                this.asking = Some(this.ask());
            }
            let phase = if begins { this.phase() } else { this.interval };
            let timer = this
                .timer
                .get_or_insert_with(|| Delay::new(left.min(phase)));
            if let Some(asking) = &mut this.asking
                && let Poll::Ready(answer) = asking.as_mut().poll(context)
            {
                this.asking = None;
                this.record(answer);
                continue;
            }
            if Pin::new(&mut *timer).poll(context).is_pending() {
                return Poll::Pending;
            }
            timer.reset(left.min(this.interval));
            if this.asking.is_none() {
                this.asking = Some(this.ask());
            }
        }
    }
}

impl Drop for TokenWatch {
    fn drop(&mut self) {
        self.auth.watchers().remove(&self.key);
    }
}

/// Without ids and claims.
impl fmt::Debug for TokenWatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenWatch")
            .field("interval", &self.interval)
            .field("missed", &self.missed)
            .field("ended", &self.ended)
            .finish_non_exhaustive()
    }
}

async fn ask(auth: Auth, claims: Arc<Claims>) -> Result<Admission, RejectionKind> {
    let answer = admission::by_blocklist(&auth, &claims).await?;
    let asks_store = auth.config().check_sessions() == CheckSessions::EveryRequest;
    match auth.store() {
        Some(store) if asks_store && answer == Admission::Admitted => {
            session::recheck(&auth, store, &claims).await
        }
        _ => Ok(answer),
    }
}

/// As long as somebody may go on who was logged out by another process. Ten thousand connections ask a thousand times a
/// second.
const INTERVAL: Duration = Duration::from_secs(10);

/// An interval of nothing would never wait.
const SHORTEST: Duration = Duration::from_millis(10);

/// No computing with it overflows.
const LONGEST: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// One restart of a store is not the end of all connections.
const MISSES: u32 = 3;
