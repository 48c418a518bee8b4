//! The exit status and the last message of the process.

use std::error::Error;

use crate::accounts::demo_users::RevokeError;
use crate::storage::database::DatabaseError;

/// An error that ends the process, in words for the person who started it.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) status: u8,
    pub(crate) message: String,
}

impl Failure {
    /// Returns the failure of wrong arguments or settings.
    pub(super) fn usage(problem: impl Into<Box<dyn Error>>) -> Self {
        Self {
            status: 2,
            message: problem.into().to_string(),
        }
    }

    /// Returns the failure of anything else.
    pub(super) fn new(problem: impl Into<Box<dyn Error>>) -> Self {
        Self {
            status: 1,
            message: problem.into().to_string(),
        }
    }

    /// Returns the failure of a command that Ctrl-C interrupted. Shells use the same status.
    pub(super) fn interrupted() -> Self {
        Self {
            status: 130,
            message: "interrupted; nothing was changed".to_owned(),
        }
    }
}

impl From<DatabaseError> for Failure {
    fn from(error: DatabaseError) -> Self {
        Self::new(error)
    }
}

impl From<RevokeError> for Failure {
    fn from(error: RevokeError) -> Self {
        Self::new(error)
    }
}
