//! The answer to a question, with the policies that decided.

use std::fmt;

use handstamp::error::Denial;

/// The answer to a question, and why: for the log, for tests, and for a page on which an
/// administrator asks why a user was denied.
///
/// # Security
/// It names policies, and may quote values of entities: it is not for the client.
#[derive(Debug, Clone)]
pub struct Explanation {
    pub(crate) is_permitted: bool,
    /// Ids of policies, sorted: those that permit, or those that forbid.
    pub(crate) policies: Vec<String>,
    pub(crate) errors: Vec<String>,
    /// What the policies that forbid have the client told.
    pub(crate) message: Option<String>,
}

impl Explanation {
    /// Nothing was decided, because the question could not be asked.
    pub(crate) fn failed(error: String) -> Self {
        Self {
            errors: vec![error],
            ..Self::not_permitted()
        }
    }

    /// No policy can permit it.
    pub(crate) fn not_permitted() -> Self {
        Self {
            is_permitted: false,
            policies: Vec::new(),
            errors: Vec::new(),
            message: None,
        }
    }

    /// Returns whether the policies permit it: one permits, none forbids, and none failed.
    #[must_use]
    pub fn is_permitted(&self) -> bool {
        self.is_permitted
    }

    /// Returns the ids of the policies that decided: those that permit if it is permitted, else
    /// those that forbid. Without any, no policy permits it, or a policy failed.
    pub fn policies(&self) -> impl Iterator<Item = &str> {
        self.policies.iter().map(String::as_str)
    }

    /// Returns what could not be evaluated, each with its policy. With one error or more it is
    /// denied, whatever other policies say: the policy that failed may be one that forbids.
    pub fn errors(&self) -> impl Iterator<Item = &str> {
        self.errors.iter().map(String::as_str)
    }

    pub(crate) fn into_result(self) -> Result<(), Denial> {
        if self.is_permitted {
            return Ok(());
        }
        let reason = self.to_string();
        let denial = if self.errors.is_empty() {
            Denial::new(reason)
        } else {
            Denial::failed(reason)
        };
        Err(match self.message {
            Some(message) => denial.message(message),
            None => denial,
        })
    }
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let policies = self.policies.join(", ");
        if self.is_permitted {
            write!(f, "permitted by {policies}")
        } else if !policies.is_empty() {
            write!(f, "forbidden by {policies}")
        } else if self.errors.is_empty() {
            f.write_str("no policy permits it")
        } else {
            f.write_str("not evaluated")
        }?;
        if !self.errors.is_empty() {
            write!(f, ": {}", self.errors.join("; "))?;
        }
        Ok(())
    }
}
