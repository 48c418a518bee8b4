//! The log of refused requests: what each level says, and how often.
//!
//! Every refusal is a line at level `debug`, which operators switch on to look for one. What they
//! have to know without looking is logged at `info` and above, within limits: any client can cause
//! refusals, so it could fill the log, or hide other lines in it. Text of a request is shown
//! escaped and cut off.

use std::sync::Once;
use std::time::Duration;

use super::log_limit::LogLimit;
use crate::clock::{Clock, UnixTime};
use crate::config::Config;
use crate::error::{RefusalId, RejectionKind, shown_within};

/// The target of all lines about refused requests, for filters: it is documented, so it stays.
const TARGET: &str = "handstamp::refusals";

pub(super) struct RefusalLog {
    origins: LogLimit,
    rates: LogLimit,
    load: LogLimit,
    store: LogLimit,
    policies: LogLimit,
    clock: LogLimit,
    ambiguity: LogLimit,
    sockets: Once,
}

impl RefusalLog {
    pub(super) fn new() -> Self {
        Self {
            origins: LogLimit::new(10, MINUTE),
            rates: LogLimit::new(10, MINUTE),
            load: LogLimit::new(10, MINUTE),
            store: LogLimit::new(10, Duration::from_secs(1)),
            policies: LogLimit::new(10, MINUTE),
            clock: LogLimit::new(1, MINUTE),
            ambiguity: LogLimit::new(1, 60 * MINUTE),
            sockets: Once::new(),
        }
    }

    /// Logs why a request is refused.
    pub(super) fn refused(
        &self,
        id: RefusalId,
        reason: &RejectionKind,
        config: &Config,
        clock: &dyn Clock,
    ) {
        let code = reason.code();
        match reason {
            RejectionKind::CrossSiteRequest(stated) => {
                self.refused_origin(id, code, stated, clock.now());
            }
            RejectionKind::OriginNotAllowed { stated, by_socket } => {
                self.refused_origin(id, code, stated, clock.now());
                if *by_socket && config.settings.public_origin.is_none() {
                    self.warn_of_socket();
                }
            }
            RejectionKind::RateLimited { retry_after } => {
                if let Some(left_out) = self.rates.take(clock.now()) {
                    let left_out = shown(left_out);
                    tracing::info!(target: TARGET, code, ?retry_after, left_out, refusal = %id, "request refused");
                } else {
                    tracing::debug!(target: TARGET, code, ?retry_after, refusal = %id, "request refused");
                }
            }
            RejectionKind::Busy => {
                if let Some(left_out) = self.load.take(clock.now()) {
                    let left_out = shown(left_out);
                    tracing::warn!(target: TARGET, code, left_out, refusal = %id, "request refused");
                } else {
                    tracing::debug!(target: TARGET, code, refusal = %id, "request refused");
                }
            }
            RejectionKind::StoreUnavailable(error) => {
                if let Some(left_out) = self.store.take(clock.now()) {
                    let left_out = shown(left_out);
                    tracing::error!(target: TARGET, code, %error, left_out, refusal = %id, "request refused");
                } else {
                    tracing::debug!(target: TARGET, code, %error, refusal = %id, "request refused");
                }
            }
            RejectionKind::PolicyDenied { reason, failed, .. } => {
                self.refused_by_policy(
                    id,
                    code,
                    &shown_within(REASON, reason),
                    *failed,
                    clock.now(),
                );
            }
            // The text may repeat what was sent, where an application has worded it.
            RejectionKind::Body(_) => {
                tracing::debug!(target: TARGET, code, refusal = %id, "request refused");
            }
            RejectionKind::InvalidToken(detail) | RejectionKind::InvalidOneTimeToken(detail) => {
                tracing::debug!(target: TARGET, code, %detail, refusal = %id, "request refused");
            }
            RejectionKind::NotYetValid { ahead } => {
                tracing::debug!(target: TARGET, code, ?ahead, refusal = %id, "request refused");
                self.warn_of_clock(*ahead, clock.now());
            }
            RejectionKind::AmbiguousCookie { name } => {
                tracing::debug!(target: TARGET, code, name, refusal = %id, "request refused");
                self.warn_of_ambiguity(name, clock.now());
            }
            reason => {
                tracing::debug!(target: TARGET, code, ?reason, refusal = %id, "request refused");
            }
        }
    }

    /// Warns of another origin than the settings name: the users of a service whose setting is
    /// missing or wrong can do nothing, and no other line says so.
    fn refused_origin(&self, id: RefusalId, code: &str, stated: &str, now: UnixTime) {
        if let Some(left_out) = self.origins.take(now) {
            let left_out = shown(left_out);
            tracing::warn!(target: TARGET, code, stated, left_out, help = ORIGIN, refusal = %id, "request refused");
        } else {
            tracing::debug!(target: TARGET, code, stated, refusal = %id, "request refused");
        }
    }

    /// Reports policies that cannot be evaluated: they deny what they should permit, and only the
    /// operator can mend them.
    fn refused_by_policy(
        &self,
        id: RefusalId,
        code: &str,
        reason: &str,
        failed: bool,
        now: UnixTime,
    ) {
        if failed && let Some(left_out) = self.policies.take(now) {
            let left_out = shown(left_out);
            tracing::error!(target: TARGET, code, reason, left_out, refusal = %id, "request refused");
        } else {
            tracing::debug!(target: TARGET, code, reason, refusal = %id, "request refused");
        }
    }

    /// Warns once that no browser can open a WebSocket with a cookie.
    fn warn_of_socket(&self) {
        self.sockets.call_once(|| {
            tracing::warn!(
                target: TARGET,
                "a WebSocket was refused, and with a cookie each will be, also one that a page of this service opens: \
                 browsers name the page by Origin alone, and HANDSTAMP_PUBLIC_ORIGIN, with which it is compared, is not \
                 set. Set it to the origin in the browser's address bar, such as https://app.example.com"
            );
        });
    }

    /// Warns, at most once a minute, of a genuine token from the future: until the clock is right,
    /// every token that another node or this one has issued may be refused.
    fn warn_of_clock(&self, ahead: Duration, now: UnixTime) {
        if self.clock.take(now).is_some() {
            tracing::warn!(
                target: TARGET,
                "a genuine token was issued {} s in the future: is this machine's clock behind?",
                ahead.as_secs()
            );
        }
    }

    /// Warns, at most once an hour, of a cookie that requests have several times. The user sees
    /// every request rejected until the setting lists what a former configuration has set.
    fn warn_of_ambiguity(&self, name: &str, now: UnixTime) {
        if self.ambiguity.take(now).is_some() {
            tracing::warn!(
                target: TARGET,
                "several cookies {name} of different users came in one request, which is rejected: a change of domain or \
                 path leaves the former cookie in the browser. List it in HANDSTAMP_FORMER_COOKIES, as name; Domain=...; \
                 Path=..., so that the next log-in deletes it. A subdomain can plant one as well"
            );
        }
    }
}

/// A line says how many were left out before it, if there were any.
fn shown(left_out: u64) -> Option<u64> {
    (left_out > 0).then_some(left_out)
}

/// The longest reason of a policy, which may name several and quote ids of a request.
const REASON: usize = 400;

const MINUTE: Duration = Duration::from_secs(60);

const ORIGIN: &str = "if browsers open this service at that Origin, set HANDSTAMP_PUBLIC_ORIGIN to it; if it is another \
                      site of yours, list it in HANDSTAMP_TRUSTED_ORIGINS; else it was an attempt, and was stopped";
