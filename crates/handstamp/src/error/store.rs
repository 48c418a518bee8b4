//! What can go wrong behind the blocklist: a matter for the operator.

use std::{error::Error, fmt};

/// The blocklist or store did not answer. The request is refused with 503, never let in.
///
/// ```
/// use handstamp::error::StoreError;
///
/// let error = StoreError::new(std::io::Error::other("connection refused"));
/// assert_eq!(error.to_string(), "the store did not answer: connection refused");
/// ```
#[derive(Debug)]
pub struct StoreError(Box<dyn Error + Send + Sync>);

impl StoreError {
    /// Wraps the driver's error.
    pub fn new(source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self(source.into())
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the store did not answer: {}", self.0)
    }
}

impl Error for StoreError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&*self.0)
    }
}
