//! Metrics: counts of requests, refreshes, sessions and calls of stores.
//!
//! [`Context`](super::Context) says what happens, in a line at each of the places where it is known
//! for certain, and this says which series it belongs to. With the feature `metrics` the series are
//! counters and histograms of the facade `metrics`, made once with the context; without it nothing
//! is kept and nothing is read.

#[cfg(feature = "metrics")]
mod label;
#[cfg(feature = "metrics")]
mod recorded;
#[cfg(test)]
mod tests;
#[cfg(not(feature = "metrics"))]
mod unrecorded;

#[cfg(feature = "metrics")]
pub(super) use recorded::Metrics;
#[cfg(not(feature = "metrics"))]
pub(super) use unrecorded::Metrics;

/// Who is asked, with `HANDSTAMP_STORE_TIMEOUT` for the answer.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Asked {
    /// The store of sessions.
    Sessions,
    /// The blocklist of the application.
    Blocklist,
    /// The store of rate limits.
    Limits,
    /// The application, for the user of a token.
    Subjects,
    /// Rules or policies.
    Policies,
    /// The application, for the claims of a renewed token.
    Renewal,
}

/// A refresh that is no event of a session.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Uneventful {
    /// An access token was renewed with the response.
    Implicit,
    /// The refresh token has no session, and stays as it is.
    WithoutSession,
}
