//! The answer of an authorizer that does not permit what it is asked about.

use std::borrow::Cow;
use std::{error::Error, fmt};

use super::{RejectionKind, StoreError};

/// An [`Authorize`](crate::authorize::Authorize) does not permit what it was asked about.
///
/// The reason is for the log. The client gets `policy_denied` with the status 403, and no reason
/// but the [`message`](Self::message) that was chosen for it.
///
/// ```
/// use handstamp::error::{Denial, StoreError};
///
/// // The policies decided:
/// let denial = Denial::new("forbidden by \"no-drafts\"").message("Drafts are not public");
/// assert_eq!(denial.to_string(), "denied: forbidden by \"no-drafts\"");
///
/// // They could not be evaluated, which denies as well:
/// let denial = Denial::failed("the type `Post` is not in the schema");
/// assert!(denial.is_failure());
///
/// // The database that has them does not answer: 503, not 403.
/// let denial = Denial::from(StoreError::new("connection refused"));
/// assert!(denial.is_failure());
/// ```
#[derive(Debug, Clone)]
pub struct Denial(Kind);

#[derive(Debug, Clone)]
enum Kind {
    Denied {
        reason: String,
        failed: bool,
        message: Option<Cow<'static, str>>,
    },
    Unavailable(StoreError),
}

impl Denial {
    /// Creates a denial that the policies decided on. The reason goes to the log at level `debug`.
    #[must_use]
    pub fn new(reason: impl Into<String>) -> Self {
        Self::denied(reason.into(), false)
    }

    /// Creates the denial of a question that could not be decided, because a policy or the question
    /// is wrong. It is a denial for the client, and an error in the log: whoever sends a request
    /// must not be able to cause a 5xx, nor to be permitted because a check failed.
    #[must_use]
    pub fn failed(reason: impl Into<String>) -> Self {
        Self::denied(reason.into(), true)
    }

    fn denied(reason: String, failed: bool) -> Self {
        Self(Kind::Denied {
            reason,
            failed,
            message: None,
        })
    }

    /// Sets the message that the client gets, in place of one that says nothing about policies. An
    /// authorizer that [is unavailable](Self::from) has another message, which stays.
    #[must_use]
    pub fn message(mut self, text: impl Into<Cow<'static, str>>) -> Self {
        if let Kind::Denied { message, .. } = &mut self.0 {
            *message = Some(text.into());
        }
        self
    }

    /// Returns whether there was an error rather than a decision.
    #[must_use]
    pub fn is_failure(&self) -> bool {
        match &self.0 {
            Kind::Denied { failed, .. } => *failed,
            Kind::Unavailable(_) => true,
        }
    }
}

/// The database of the authorizer does not answer: the request is rejected with 503.
impl From<StoreError> for Denial {
    fn from(error: StoreError) -> Self {
        Self(Kind::Unavailable(error))
    }
}

impl From<Denial> for RejectionKind {
    fn from(denial: Denial) -> Self {
        match denial.0 {
            Kind::Denied {
                reason,
                failed,
                message,
            } => Self::PolicyDenied {
                reason,
                failed,
                message,
            },
            Kind::Unavailable(error) => Self::StoreUnavailable(error),
        }
    }
}

impl fmt::Display for Denial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Denied { reason, .. } => write!(f, "denied: {reason}"),
            Kind::Unavailable(error) => error.fmt(f),
        }
    }
}

impl Error for Denial {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match &self.0 {
            Kind::Denied { .. } => None,
            Kind::Unavailable(error) => error.source(),
        }
    }
}
