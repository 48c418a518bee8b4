//! Collects problems and warnings while a configuration is built, so that all are reported at once.

use std::collections::BTreeMap;

use super::parse::{FromText, Invalid, read};
use super::setting_info::SettingSource;
use crate::error::{ConfigError, Problem};

/// The problems and warnings so far, and the settings that were given.
#[derive(Debug, Default)]
pub(super) struct Report {
    given: BTreeMap<&'static str, SettingSource>,
    problems: Vec<Problem>,
    warnings: Vec<String>,
}

impl Report {
    /// Records a new value for `key`, given in code. Problems of its former value no longer matter.
    pub(super) fn begin(&mut self, key: &'static str) {
        self.given.insert(key, SettingSource::Code);
        self.problems.retain(|problem| !is_about(problem, key));
    }

    /// Records that the value of `key` does not come from code.
    pub(super) fn found(&mut self, key: &'static str, source: SettingSource) {
        self.given.insert(key, source);
    }

    /// Returns where the value of `key` comes from. One that was not even looked at, and has left a
    /// problem, is a variable that was given twice.
    pub(super) fn source(&self, key: &str) -> SettingSource {
        match self.given.get(key) {
            Some(source) => *source,
            None if self.is_sound(key) => SettingSource::Default,
            None => SettingSource::Environment,
        }
    }

    /// Parses the value of `key`, or records why it is invalid.
    pub(super) fn read<T: FromText>(&mut self, key: &'static str, text: &str) -> Option<T> {
        self.begin(key);
        self.keep(key, text, read(text))
    }

    /// Parses each item of the list `key`, or records why one is invalid.
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
        // `https://user:password@host` in place of an origin contains a secret.
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

    /// Records a warning, once: both purposes may share the setting that it is about.
    pub(super) fn warn(&mut self, warning: impl Into<String>) {
        let warning = warning.into();
        if !self.warnings.contains(&warning) {
            self.warnings.push(warning);
        }
    }

    /// Returns whether `key` was given, in code or in the environment, even with an invalid value.
    pub(super) fn is_given(&self, key: &str) -> bool {
        self.given.contains_key(key)
    }

    /// Returns whether `key` has no problem so far. A rule between two settings runs only if both
    /// are sound, so that one mistake is not reported twice.
    pub(super) fn is_sound(&self, key: &str) -> bool {
        !self.problems.iter().any(|problem| is_about(problem, key))
    }

    /// Returns the warnings if there are no problems.
    pub(super) fn finish(self) -> Result<Vec<String>, ConfigError> {
        if self.problems.is_empty() {
            Ok(self.warnings)
        } else {
            Err(ConfigError::new(self.problems))
        }
    }
}

/// Returns whether the problem is about this setting, or about the file of its secret.
fn is_about(problem: &Problem, key: &str) -> bool {
    let of_file = problem.key().strip_suffix("_FILE");
    problem.key() == key || of_file == Some(key)
}
