//! Turns errors of sqlx into errors of the store, for operators.

use handstamp::error::StoreError;
use sqlx::Error;

/// Wraps an error of sqlx. None of them contains a URL, so none contains a password.
pub(crate) fn failed(error: Error) -> StoreError {
    match error {
        // The driver waits for a server that refuses connections, and then only reports that it has
        // waited.
        Error::PoolTimedOut => StoreError::new(
            "no connection within the time that the pool allows: the database is down, cannot be reached, or is busy",
        ),
        error => StoreError::new(error),
    }
}
