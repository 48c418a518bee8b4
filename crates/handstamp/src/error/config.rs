//! The errors of a configuration, for the developer or operator who starts the service.

use std::{error::Error, fmt};

/// Every problem of a configuration.
///
/// `Debug` prints the same text as `Display`, because a `main` that returns an error prints its
/// `Debug`.
///
/// ```
/// use handstamp::{Config, minutes};
///
/// let error = Config::builder()
///     .secret_key("fan")
///     .access_token_expires(minutes(0))
///     .build()
///     .unwrap_err();
/// let keys: Vec<_> = error.problems().iter().map(|problem| problem.key()).collect();
/// assert_eq!(keys, ["JWT_SECRET_KEY", "JWT_ACCESS_TOKEN_EXPIRES"]);
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct ConfigError {
    problems: Vec<Problem>,
}

impl ConfigError {
    pub(crate) fn new(problems: Vec<Problem>) -> Self {
        Self { problems }
    }

    /// Returns the problems, at least one, in the order in which they were found.
    #[must_use]
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.problems.len() {
            1 => f.write_str("1 problem in the configuration:")?,
            n => write!(f, "{n} problems in the configuration:")?,
        }
        for problem in &self.problems {
            write!(f, "\n- {problem}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Error for ConfigError {}

/// One problem of a configuration, and its remedy.
///
/// ```
/// use handstamp::Config;
///
/// let variables = [("JWT_COOKIE_SAMESITE".into(), "sideways".into())];
/// let error = Config::builder()
///     .secret_key("a secret of thirty-two bytes or more")
///     .env_from(variables)
///     .build()
///     .unwrap_err();
/// assert_eq!(
///     error.problems()[0].to_string(),
///     r#"JWT_COOKIE_SAMESITE="sideways": not one of lax, strict, none. Use "lax""#
/// );
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    key: String,
    value: Option<String>,
    reason: String,
    help: String,
}

impl Problem {
    pub(crate) fn new(
        key: &str,
        value: Option<&str>,
        reason: impl Into<String>,
        help: impl Into<String>,
    ) -> Self {
        Self {
            key: shown(key),
            value: value.map(shown),
            reason: reason.into(),
            help: help.into(),
        }
    }

    /// Returns the setting, by the name of its variable even if it was set in code.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }

    /// Returns the given value, escaped and truncated to sixty characters. Returns `None` if
    /// nothing was given, and for secrets.
    #[must_use]
    pub fn value(&self) -> Option<&str> {
        self.value.as_deref()
    }

    /// Returns the reason why the value is invalid.
    #[must_use]
    pub fn reason(&self) -> &str {
        &self.reason
    }

    /// Returns the remedy.
    #[must_use]
    pub fn help(&self) -> &str {
        &self.help
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.key)?;
        if let Some(value) = &self.value {
            write!(f, "=\"{value}\"")?;
        }
        write!(f, ": {}. {}", self.reason, self.help)
    }
}

/// Escapes a value, so that it cannot forge a line of a log, and truncates it, so that it cannot
/// fill one.
pub(crate) fn shown(text: &str) -> String {
    shown_within(LONGEST, text)
}

/// Does the same for a text that may be longer.
pub(crate) fn shown_within(longest: usize, text: &str) -> String {
    let escaped: String = text
        .chars()
        .take(longest + 1)
        .flat_map(char::escape_debug)
        .collect();
    let mut shown: String = escaped.chars().take(longest).collect();
    if shown.len() < escaped.len() {
        shown.push('…');
    }
    shown
}

const LONGEST: usize = 60;
