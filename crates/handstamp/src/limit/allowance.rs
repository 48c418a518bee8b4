//! What a limit answers: what is left, or that a request was one too many.

use std::fmt;
use std::time::Duration;

use super::{Charged, Limit};
use crate::error::Rejection;

/// What is left of the limits of a request that is let through.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Allowance {
    levels: Vec<Level>,
}

/// What is left of one limit.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Level {
    name: String,
    requests: u32,
    window: Duration,
    remaining: u64,
    next_in: Duration,
}

impl Allowance {
    pub(super) fn of<'l>(limits: impl Iterator<Item = &'l Limit>, charged: &Charged) -> Self {
        let level = |(limit, full_at): (&Limit, &u64)| Level {
            name: limit.name().to_owned(),
            requests: limit.quota().requests(),
            window: limit.quota().window(),
            remaining: limit.quota().remaining(*full_at, charged.now),
            next_in: Duration::from_micros(limit.quota().next_in(*full_at, charged.now)),
        };
        Self {
            levels: limits.zip(&charged.full_at).map(level).collect(),
        }
    }

    /// Returns how many requests the scarcest limit still lets through at once. Returns `None` if
    /// no limit counted the request.
    #[must_use]
    pub fn remaining(&self) -> Option<u64> {
        self.levels.iter().map(|level| level.remaining).min()
    }

    /// Returns the header fields for the response, `RateLimit-Policy` and `RateLimit`: the limits
    /// that counted the request, what is left of them (`r`), and in how many seconds there is one
    /// request more (`t`)
    /// ([draft-ietf-httpapi-ratelimit-headers-10](https://datatracker.ietf.org/doc/html/draft-ietf-httpapi-ratelimit-headers-10)).
    /// None if no limit counted it.
    #[must_use]
    pub fn headers(&self) -> Vec<(&'static str, String)> {
        if self.levels.is_empty() {
            return Vec::new();
        }
        let policy = |level: &Level| {
            let Level {
                name,
                requests,
                window,
                ..
            } = level;
            format!("\"{name}\";q={requests};w={}", seconds(*window))
        };
        let left = |level: &Level| {
            let Level {
                name,
                remaining,
                next_in,
                ..
            } = level;
            format!("\"{name}\";r={remaining};t={}", seconds(*next_in))
        };
        let list = |text: &dyn Fn(&Level) -> String| {
            let texts: Vec<String> = self.levels.iter().map(text).collect();
            texts.join(", ")
        };
        vec![
            ("ratelimit-policy", list(&policy)),
            ("ratelimit", list(&left)),
        ]
    }
}

/// A request that is not let through.
#[derive(Clone)]
#[must_use = "the request is to be rejected"]
pub struct Limited {
    pub(super) rejection: Rejection,
    pub(super) allowance: Allowance,
}

impl Limited {
    /// Returns the rejection to answer with: `rate_limited` with the status 429 and `Retry-After`,
    /// after which the request is let through unless others come before it; or `store_unavailable`
    /// with 503.
    #[must_use]
    pub fn rejection(&self) -> &Rejection {
        &self.rejection
    }

    /// Returns the header fields that the response has besides those of the rejection, and the
    /// rejection.
    #[must_use]
    pub fn into_parts(self) -> (Vec<(&'static str, String)>, Rejection) {
        (self.allowance.headers(), self.rejection)
    }
}

impl fmt::Debug for Limited {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Limited")
            .field("code", &self.rejection.code())
            .field("allowance", &self.allowance)
            .finish()
    }
}

/// Rounds up, so that a client that waits for as long is not too early.
fn seconds(time: Duration) -> u64 {
    time.as_secs() + u64::from(time.subsec_nanos() > 0)
}
