//! Turns errors of sqlx into errors of the store, for operators.

use handstamp::error::StoreError;
use sqlx::Error;

/// Wraps an error of sqlx. None of them contains a URL, so none contains a password.
pub(crate) fn failed(error: Error) -> StoreError {
    match error {
        Error::PoolTimedOut => StoreError::new(
            "no connection within the time that the pool allows: all of them are in use",
        ),
        error => StoreError::new(error),
    }
}
