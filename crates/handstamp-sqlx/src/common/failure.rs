//! What a driver says went wrong, for the operator.

use handstamp::error::StoreError;
use sqlx::Error;

/// Wraps the driver's error. None of them holds a URL, and so none holds a password.
pub(crate) fn failed(error: Error) -> StoreError {
    match error {
        // The driver waits for a server that refuses connections, and then says only that it has waited.
        Error::PoolTimedOut => StoreError::new(
            "no connection within the time that the pool allows: the database is down, cannot be reached, or is busy",
        ),
        error => StoreError::new(error),
    }
}
