//! Collects problems and warnings while a configuration is built, so that all are reported at once.

use std::collections::BTreeSet;

use super::parse::{FromText, Invalid, read};
use crate::error::{ConfigError, Problem};

/// Problems and warnings so far, and which settings were given at all.
#[derive(Debug, Default)]
pub(super) struct Report {
    given: BTreeSet<&'static str>,
    problems: Vec<Problem>,
    warnings: Vec<String>,
}

impl Report {
    /// A new value is given for `key`: what was wrong with the former one no longer matters.
    pub(super) fn begin(&mut self, key: &'static str) {
        self.given.insert(key);
        self.problems.retain(|problem| !is_about(problem, key));
    }

    /// Reads the value of `key`, or remembers why it cannot be read.
    pub(super) fn read<T: FromText>(&mut self, key: &'static str, text: &str) -> Option<T> {
        self.begin(key);
        self.keep(key, text, read(text))
    }

    /// Reads each item of the list `key`, or remembers why one cannot be read.
    pub(super) fn read_each<T: FromText>(
        &mut self,
        key: &'static str,
        texts: impl IntoIterator<Item: AsRef<str>>,
    ) -> Option<Vec<T>> {
        self.begin(key);
        texts
            .into_iter()
            .map(|text| self.keep(key, text.as_ref(), read(text.as_ref())))
            .collect()
    }

    fn keep<T>(&mut self, key: &'static str, text: &str, value: Result<T, Invalid>) -> Option<T> {
        let Invalid { reason, help } = match value {
            Ok(value) => return Some(value),
            Err(invalid) => invalid,
        };
        // `https://user:password@host` where an origin belongs: that is a secret.
        let shown = (!text.contains('@')).then_some(text);
        self.problem(key, shown, reason, help);
        None
    }

    pub(super) fn problem(
        &mut self,
        key: &str,
        value: Option<&str>,
        reason: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.problems.push(Problem::new(key, value, reason, help));
    }

    pub(super) fn warn(&mut self, warning: impl Into<String>) {
        self.warnings.push(warning.into());
    }

    /// Whether `key` was given, in code or in the environment, even if its value is of no use.
    pub(super) fn is_given(&self, key: &str) -> bool {
        self.given.contains(key)
    }

    /// Whether nothing is wrong with `key` so far. A rule between two settings is only asked when
    /// both are sound, so that one mistake is not reported twice.
    pub(super) fn is_sound(&self, key: &str) -> bool {
        !self.problems.iter().any(|problem| is_about(problem, key))
    }

    /// The warnings, if nothing is wrong.
    pub(super) fn finish(self) -> Result<Vec<String>, ConfigError> {
        if self.problems.is_empty() {
            Ok(self.warnings)
        } else {
            Err(ConfigError::new(self.problems))
        }
    }
}

/// Also for the file of a secret.
fn is_about(problem: &Problem, key: &str) -> bool {
    let of_file = problem.key().strip_suffix("_FILE");
    problem.key() == key || of_file == Some(key)
}
