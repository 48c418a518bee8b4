//! The setting that selects whether cross-site requests are rejected or only reported.

use super::parse::{
    FromText, Invalid, ToText,
    choice::{choice, word},
};

/// Selects what happens to a request whose `Sec-Fetch-Site` or `Origin` states that another site
/// initiated it.
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
    /// The request is rejected.
    Enforce,
    /// A warning is logged, and the CSRF value alone decides. It is for trying a public origin that
    /// may not be right yet. Where no CSRF value is required, as at a log-in or on a route
    /// [`without_csrf_token`](crate::Require::without_csrf_token), the request is accepted, as
    /// without a public origin. A WebSocket is rejected all the same.
    ReportOnly,
}

impl FromText for OriginCheck {
    fn from_text(text: &str) -> Result<Self, Invalid> {
        choice(text, &WORDS)
    }
}

impl ToText for OriginCheck {
    fn to_text(&self) -> Option<String> {
        word(self, &WORDS)
    }
}

const WORDS: [(&str, OriginCheck); 2] = [
    ("enforce", OriginCheck::Enforce),
    ("report-only", OriginCheck::ReportOnly),
];
