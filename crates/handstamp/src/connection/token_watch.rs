//! The future that checks a token periodically, and whenever a revocation notifies it.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{self, Poll};
use std::time::Duration;

use futures_timer::Delay;

use super::CloseReason;
use crate::authenticate::Authenticated;
use crate::claims::Claims;
use crate::config::CheckSessions;
use crate::context::blocklist::TokenStatus;
use crate::context::{Context, Notifier};
use crate::error::RejectionKind;
use crate::purpose::Access;
use crate::session;
use crate::store::AccountId;

/// A future that resolves when a token is no longer accepted: see
/// [`Auth::watch`](crate::Auth::watch).
#[must_use = "the token is watched only while this is polled"]
pub struct TokenWatch {
    context: Arc<Context>,
    claims: Arc<Claims>,
    key: (AccountId, u64),
    notifier: Arc<Notifier>,
    interval: Duration,
    timer: Option<Delay>,
    asking: Option<Asking>,
    /// The number of consecutive failed checks.
    missed: u32,
    ended: Option<CloseReason>,
}

type Asking = Pin<Box<dyn Future<Output = Result<TokenStatus, RejectionKind>> + Send>>;

impl TokenWatch {
    pub(crate) fn new(context: Arc<Context>, token: &Authenticated<Access>) -> Self {
        let claims = Arc::new(token.claims_set().clone());
        let (key, notifier) = context.watchers().add(claims.account());
        Self {
            context,
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

    /// Sets how often the store is asked, instead of every ten seconds: a revocation by another
    /// process is noticed within this time. Each connection starts at a random phase, so that many
    /// do not ask at once.
    ///
    /// A store that does not answer [three times](CloseReason::StoreUnavailable) in a row ends the
    /// connection.
    pub fn ask_every(mut self, interval: Duration) -> Self {
        self.interval = interval.clamp(SHORTEST, LONGEST);
        self.timer = None;
        self
    }

    fn ask(&self) -> Asking {
        Box::pin(ask(Arc::clone(&self.context), Arc::clone(&self.claims)))
    }

    fn record(&mut self, answer: Result<TokenStatus, RejectionKind>) {
        match answer {
            Ok(TokenStatus::Active) => self.missed = 0,
            Ok(TokenStatus::Revoked) => self.ended = Some(CloseReason::Revoked),
            Err(reason) => {
                self.missed += 1;
                if self.missed < MISSES {
                    tracing::debug!(?reason, missed = self.missed, "connection not checked");
                } else {
                    tracing::error!(?reason, missed = self.missed, "connection closed");
                    self.ended = Some(CloseReason::StoreUnavailable);
                }
            }
        }
    }

    /// Returns a random part of the interval, which is never empty: the token has just been asked
    /// about.
    pub(super) fn phase(&self) -> Duration {
        let mut random = [0];
        // Without randomness all connections ask at the same moment, which costs load only.
        let _ = self.context.random().fill(&mut random);
        let [part] = random;
        self.interval * (u32::from(part) + 1) / 256
    }
}

impl Future for TokenWatch {
    type Output = CloseReason;

    fn poll(mut self: Pin<&mut Self>, context: &mut task::Context<'_>) -> Poll<CloseReason> {
        let this = &mut *self;
        loop {
            if let Some(ended) = this.ended {
                return Poll::Ready(ended);
            }
            // Read from the clock that judges requests: it may have been set, and timers do not
            // advance while a machine is suspended.
            let left = this.context.time_left(this.claims.expires_at);
            if left.is_zero() {
                this.ended = Some(CloseReason::Expired);
                continue;
            }
            let begins = this.timer.is_none();
            // An answer that is pending may be from before the revocation that notified.
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
        self.context.watchers().remove(&self.key);
    }
}

/// Omits ids and claims.
impl fmt::Debug for TokenWatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenWatch")
            .field("interval", &self.interval)
            .field("missed", &self.missed)
            .field("ended", &self.ended)
            .finish_non_exhaustive()
    }
}

async fn ask(context: Arc<Context>, claims: Arc<Claims>) -> Result<TokenStatus, RejectionKind> {
    match context.config().settings.check_sessions {
        CheckSessions::EveryRequest => session::recheck(&context, &claims).await,
        CheckSessions::OnRefresh => context.ask_blocklist(&claims).await,
    }
}

/// How long a connection may outlive a log-out by another process. Ten thousand connections ask a
/// thousand times a second.
const INTERVAL: Duration = Duration::from_secs(10);

/// An interval of zero would never wait.
const SHORTEST: Duration = Duration::from_millis(10);

/// Short enough that no arithmetic with it overflows.
const LONGEST: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// A restart of the store does not close all connections.
const MISSES: u32 = 3;
