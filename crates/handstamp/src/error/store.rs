//! The error of a store or blocklist, for the operator.

use std::{error::Error, fmt, sync::Arc};

/// The blocklist or store did not answer. The request is rejected with 503, never admitted.
///
/// ```
/// use handstamp::error::StoreError;
///
/// let error = StoreError::new(std::io::Error::other("connection refused"));
/// assert_eq!(error.to_string(), "the store did not answer: connection refused");
/// ```
#[derive(Clone)]
pub struct StoreError(Arc<dyn Error + Send + Sync>);

impl StoreError {
    /// Wraps the error of the driver.
    pub fn new(source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self(source.into().into())
    }
}

/// Shows the message only: the `Debug` of a driver may show the row that it could not write.
impl fmt::Debug for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("StoreError")
            .field(&self.0.to_string())
            .finish()
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

#[cfg(test)]
mod tests {
    use super::{Error, StoreError, fmt};

    /// As drivers write it: what went wrong in words, and all that is known of it.
    #[derive(Debug)]
    #[expect(dead_code, reason = "for `Debug`")]
    struct OfDriver {
        detail: &'static str,
    }

    impl fmt::Display for OfDriver {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a check constraint is violated")
        }
    }

    impl Error for OfDriver {}

    #[test]
    fn debug_shows_words_and_no_rows() {
        let detail = "Failing row contains (session-1, user1).";
        let error = StoreError::new(OfDriver { detail });
        let expected = r#"StoreError("a check constraint is violated")"#;
        assert_eq!(format!("{error:?}"), expected);
    }
}
