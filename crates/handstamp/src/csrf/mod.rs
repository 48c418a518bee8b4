//! Cross-site request forgery: what guards requests whose token came from a cookie.

mod fetch_metadata;
pub(crate) mod masked;
mod method;
mod token;

pub(crate) use fetch_metadata::{check_presented, check_tokenless};
pub(crate) use token::{check, check_log_out};

/// What a route asks of requests whose token came from a cookie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CsrfDemand {
    Check,
    /// Where it comes from is still asked.
    SkipToken,
    Skip,
}
