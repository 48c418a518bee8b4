//! Why the program ends.

use std::error::Error;

use crate::storage::database::DatabaseError;

/// Why the program ends, for the one who started it.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) status: u8,
    pub(crate) message: String,
}

impl Failure {
    /// The program was started in a wrong way.
    pub(crate) fn wrong_setting(problem: impl Into<Box<dyn Error>>) -> Self {
        Self {
            status: 2,
            message: problem.into().to_string(),
        }
    }

    /// Everything else.
    pub(crate) fn new(problem: impl Into<Box<dyn Error>>) -> Self {
        Self {
            status: 1,
            message: problem.into().to_string(),
        }
    }

    /// Ctrl-C; shells know the status.
    pub(crate) fn interrupted() -> Self {
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
