//! The variables of the environment, read once.

use std::ffi::{OsStr, OsString};

/// The variables of the environment.
#[derive(Clone)]
pub(crate) struct Environment(Vec<(OsString, OsString)>);

impl Environment {
    pub(crate) fn of_this_process() -> Self {
        Self(std::env::vars_os().collect())
    }

    /// The value of a variable; one that is empty counts as not set.
    pub(crate) fn get(&self, name: &str) -> Option<&OsStr> {
        let mut variables = self.0.iter();
        let (_, value) = variables.find(|(have, _)| have == name)?;
        (!value.is_empty()).then_some(value)
    }

    /// The value of a setting of the library, whose names count without case.
    pub(crate) fn setting(&self, name: &str) -> Option<&OsStr> {
        let mut variables = self.0.iter();
        let (_, value) = variables.find(|(have, _)| have.eq_ignore_ascii_case(name))?;
        Some(value)
    }

    pub(crate) fn variables(&self) -> impl Iterator<Item = (OsString, OsString)> {
        self.0.iter().cloned()
    }
}

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
