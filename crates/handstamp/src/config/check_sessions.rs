//! The setting that selects when the session of an access token is looked up.

use super::parse::{
    FromText, Invalid, ToText,
    choice::{choice, word},
};

/// Selects when the session of an access token is looked up in the store.
///
/// ```
/// use handstamp::{Config, config::CheckSessions};
///
/// let builder = Config::builder().check_sessions(CheckSessions::OnRefresh);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum CheckSessions {
    /// At every request: a log-out takes effect at once.
    EveryRequest,
    /// Only at a refresh: a log-out takes effect when the access token expires.
    OnRefresh,
}

impl FromText for CheckSessions {
    fn from_text(text: &str) -> Result<Self, Invalid> {
        choice(text, &WORDS)
    }
}

impl ToText for CheckSessions {
    fn to_text(&self) -> Option<String> {
        word(self, &WORDS)
    }
}

const WORDS: [(&str, CheckSessions); 2] = [
    ("every-request", CheckSessions::EveryRequest),
    ("on-refresh", CheckSessions::OnRefresh),
];
