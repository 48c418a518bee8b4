//! The environment variables, read once.

use std::ffi::{OsStr, OsString};

/// The environment variables of the process.
#[derive(Clone)]
pub(super) struct Environment(Vec<(OsString, OsString)>);

impl Environment {
    pub(super) fn of_this_process() -> Self {
        Self(std::env::vars_os().collect())
    }

    /// Returns the value of a variable. An empty one counts as not set.
    pub(super) fn get(&self, name: &str) -> Option<&OsStr> {
        let mut variables = self.0.iter();
        let (_, value) = variables.find(|(own, _)| own == name)?;
        (!value.is_empty()).then_some(value)
    }

    /// Returns all variables from which the library takes its settings. It refuses names like
    /// those of its own which it does not know.
    pub(super) fn into_variables(self) -> impl Iterator<Item = (OsString, OsString)> {
        let own = [AUDIT_LOG, METRICS, OTLP];
        let variables = self.0.into_iter();
        variables.filter(move |(name, _)| own.iter().all(|own| name != own))
    }
}

/// The settings of this program whose names begin as those of the library.
pub(super) const AUDIT_LOG: &str = "HANDSTAMP_AUDIT_LOG";
pub(super) const METRICS: &str = "HANDSTAMP_METRICS";
pub(super) const OTLP: &str = "HANDSTAMP_OTLP";

#[cfg(test)]
impl<const N: usize> From<[(&str, &str); N]> for Environment {
    fn from(variables: [(&str, &str); N]) -> Self {
        Self(
            variables
                .map(|(name, value)| (name.into(), value.into()))
                .into(),
        )
    }
}
