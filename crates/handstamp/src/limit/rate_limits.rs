//! The limits of a route, and their decision.

use std::fmt;
use std::sync::{Arc, Once};
use std::time::Duration;

use super::{Allowance, Bucket, Caller, Limit, LimitStore, Limited, MemoryLimits};
use crate::clock::UnixTime;
use crate::context::log_limit::LogLimit;
use crate::context::{Asked, Context};
use crate::error::RejectionKind;
use crate::store::BoxFuture;

/// The limits of some routes. A request is let through if each of them has room for it, and is then
/// charged to all; otherwise it is charged to none.
///
/// Made once, at start-up; clones share the store.
#[derive(Debug, Clone)]
pub struct RateLimits(Arc<Rules>);

struct Rules {
    limits: Vec<Limit>,
    store: Arc<dyn LimitStore>,
    when_unavailable: WhenUnavailable,
    warnings: LogLimit,
    timeout_is_set: Once,
}

/// What happens to requests while the store of the limits does not answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "there is no third answer")]
pub enum WhenUnavailable {
    /// They are let through uncounted, and a warning is logged. For limits that keep a service
    /// fast.
    Allow,
    /// They are rejected with 503. For limits that keep a service safe, such as those on log-ins.
    Refuse,
}

impl RateLimits {
    /// Creates limits that this process counts by itself: each of several processes lets as many
    /// requests through.
    ///
    /// # Errors
    /// Returns a [`LimitsError`] that names every mistake: a name that is used twice or that a
    /// header field cannot carry, a quota of no requests, or no limit at all.
    pub fn in_memory(limits: impl IntoIterator<Item = Limit>) -> Result<Self, LimitsError> {
        // Memory always answers.
        Self::shared(MemoryLimits::new(), WhenUnavailable::Refuse, limits)
    }

    /// Creates limits that all processes with the same store count together.
    ///
    /// # Errors
    /// As [`in_memory`](Self::in_memory).
    pub fn shared(
        store: impl LimitStore,
        when_unavailable: WhenUnavailable,
        limits: impl IntoIterator<Item = Limit>,
    ) -> Result<Self, LimitsError> {
        let limits: Vec<Limit> = limits.into_iter().collect();
        let problems = problems(&limits);
        if !problems.is_empty() {
            return Err(LimitsError(problems));
        }
        Ok(Self(Arc::new(Rules {
            limits,
            store: Arc::new(store),
            when_unavailable,
            warnings: LogLimit::new(1, Duration::from_secs(60)),
            timeout_is_set: Once::new(),
        })))
    }

    /// Returns whether a limit counts by the access token, so that an adapter verifies it first.
    #[must_use]
    pub fn need_token(&self) -> bool {
        self.0.limits.iter().any(Limit::needs_token)
    }
}

impl fmt::Debug for Rules {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rules")
            .field("limits", &self.limits)
            .field("store", &self.store)
            .field("when_unavailable", &self.when_unavailable)
            .finish_non_exhaustive()
    }
}

/// Decides about a request whose limits cannot be asked, or whose token cannot be judged.
pub(crate) fn without_answer(
    context: &Context,
    now: UnixTime,
    limits: &RateLimits,
    reason: RejectionKind,
) -> Result<Allowance, Limited> {
    limits.0.without_answer(context, now, reason)
}

impl Rules {
    fn without_answer(
        &self,
        context: &Context,
        now: UnixTime,
        reason: RejectionKind,
    ) -> Result<Allowance, Limited> {
        if self.when_unavailable == WhenUnavailable::Refuse {
            return Err(Limited {
                rejection: context.reject(reason),
                allowance: Allowance::default(),
            });
        }
        if let Some(left_out) = self.warnings.take(now) {
            tracing::warn!(
                ?reason,
                left_out,
                "requests are let through uncounted: the store of their limits does not answer"
            );
        }
        Ok(Allowance::default())
    }
}

fn problems(limits: &[Limit]) -> Vec<String> {
    let mut problems = Vec::new();
    if limits.is_empty() {
        problems.push("there is no limit".to_owned());
    }
    for (index, limit) in limits.iter().enumerate() {
        let name = limit.name();
        let is_plain = |byte: u8| byte.is_ascii_graphic() && byte != b'"' && byte != b'\\';
        if name.is_empty() || name.len() > LONGEST_NAME || !name.bytes().all(is_plain) {
            problems.push(format!(
                "the name {name:?} is not 1 to {LONGEST_NAME} visible ASCII characters without quotes and backslashes"
            ));
        }
        let earlier = limits.iter().take(index);
        if earlier.map(Limit::name).any(|other| other == name) {
            problems.push(format!("the name {name:?} is used twice"));
        }
        if let Some(problem) = limit.quota().problem() {
            problems.push(format!("the quota of {name:?}: {problem}"));
        }
    }
    problems
}

/// Limits that no application means: each mistake, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LimitsError(Vec<String>);

impl fmt::Display for LimitsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "rate limits: {}", self.0.join("; "))
    }
}

impl std::error::Error for LimitsError {}

/// Charges a request to the limits. The caller is read before this returns.
pub(crate) fn check(
    context: &Arc<Context>,
    now: UnixTime,
    limits: &RateLimits,
    caller: &Caller<'_>,
) -> BoxFuture<'static, Result<Allowance, Limited>> {
    let (context, limits) = (Arc::clone(context), limits.clone());
    let (counting, buckets): (Vec<usize>, Vec<Bucket>) = limits
        .0
        .limits
        .iter()
        .enumerate()
        .filter_map(|(index, limit)| Some((index, limit.bucket(caller)?)))
        .unzip();
    Box::pin(async move {
        if buckets.is_empty() {
            return Ok(Allowance::default());
        }
        let rules = &*limits.0;
        rules.timeout_is_set.call_once(|| {
            let timeout = context.config().settings.store_timeout;
            rules.store.set_limit_timeout(timeout);
        });
        match context
            .ask(Asked::Limits, rules.store.charge(&buckets))
            .await
        {
            Ok(charged) => {
                let counting = counting.iter().filter_map(|at| rules.limits.get(*at));
                let allowance = Allowance::of(counting, &charged);
                if charged.is_charged {
                    return Ok(allowance);
                }
                tracing::debug!(?allowance, "a request is one too many");
                Err(Limited {
                    rejection: context.reject(RejectionKind::RateLimited {
                        retry_after: charged.wait(&buckets),
                    }),
                    allowance,
                })
            }
            Err(reason) => rules.without_answer(&context, now, reason),
        }
    })
}

const LONGEST_NAME: usize = 64;
