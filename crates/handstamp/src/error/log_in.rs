//! The errors of a log-in or a refresh.

use std::fmt;

use super::{IssueError, Rejection, RejectionKind, StoreError};

/// The reason why a user cannot be logged in, or a session cannot be refreshed.
///
/// ```
/// use handstamp::error::AuthError;
///
/// fn status(error: &AuthError) -> u16 {
///     match error {
///         AuthError::Rejected(rejection) => rejection.status(),
///         _ => 500, // for the log only
///     }
/// }
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum AuthError {
    /// The request is rejected; this is the response to send.
    Rejected(Rejection),
    /// A token or cookie cannot be issued: a mistake of the program, for the log. The client only
    /// receives a 500.
    Issue(IssueError),
}

impl AuthError {
    /// Returns the rejection to send.
    ///
    /// # Errors
    /// Returns [`IssueError`] if the failure is a mistake of the program.
    pub fn rejection(self) -> Result<Rejection, IssueError> {
        match self {
            Self::Rejected(rejection) => Ok(rejection),
            Self::Issue(error) => Err(error),
        }
    }
}

impl From<Rejection> for AuthError {
    fn from(rejection: Rejection) -> Self {
        Self::Rejected(rejection)
    }
}

impl From<IssueError> for AuthError {
    fn from(error: IssueError) -> Self {
        Self::Issue(error)
    }
}

impl fmt::Display for AuthError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rejected(rejection) => rejection.fmt(f),
            Self::Issue(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for AuthError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Rejected(rejection) => rejection.source(),
            Self::Issue(error) => error.source(),
        }
    }
}

/// An [`AuthError`] before its reason is made into a response.
#[derive(Debug)]
pub(crate) enum AuthFailure {
    Rejected(RejectionKind),
    Issue(IssueError),
}

impl From<RejectionKind> for AuthFailure {
    fn from(reason: RejectionKind) -> Self {
        Self::Rejected(reason)
    }
}

impl From<StoreError> for AuthFailure {
    fn from(error: StoreError) -> Self {
        Self::Rejected(error.into())
    }
}

impl From<IssueError> for AuthFailure {
    fn from(error: IssueError) -> Self {
        Self::Issue(error)
    }
}
