//! The setting that says whether requests of other sites are refused or only reported.

use super::parse::{FromText, Invalid, choice::choice};

/// What happens to a request whose `Sec-Fetch-Site` or `Origin` says that another site started it.
///
/// ```
/// use handstamp::{Config, config::OriginCheck};
///
/// let builder = Config::builder()
///     .public_origin("https://app.example.com")
///     .origin_check(OriginCheck::ReportOnly);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum OriginCheck {
    /// It is refused.
    Enforce,
    /// The log says that it would be refused, as a warning, and its CSRF value decides: to see what
    /// an origin that is not yet right would break. Where none is asked for, as at a log-in or on a
    /// route [`without_csrf_token`](crate::Require::without_csrf_token), nothing decides: that is
    /// as open as without an origin. A `WebSocket` is refused all the same.
    ReportOnly,
}

impl FromText for OriginCheck {
    fn from_text(text: &str) -> Result<Self, Invalid> {
        choice(
            text,
            &[
                ("enforce", Self::Enforce),
                ("report-only", Self::ReportOnly),
            ],
        )
    }
}
