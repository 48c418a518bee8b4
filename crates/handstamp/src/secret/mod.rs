//! Key material that resists being shown.

use std::fmt;

/// Bytes of a key or password: no `Clone`, no `PartialEq`, and `Debug` prints `[redacted]`.
///
/// ```
/// use handstamp::secret::Secret;
///
/// let secret = Secret::from("correct horse battery staple, and more");
/// assert_eq!(format!("{secret:?}"), "[redacted]");
/// ```
pub struct Secret(Box<[u8]>);

impl Secret {
    /// The bytes themselves. The name is long so that each use is seen in review.
    #[must_use]
    pub fn secret_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Self(text.as_bytes().into())
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(text.into_bytes().into())
    }
}

impl From<&[u8]> for Secret {
    fn from(bytes: &[u8]) -> Self {
        Self(bytes.into())
    }
}

impl From<Vec<u8>> for Secret {
    fn from(bytes: Vec<u8>) -> Self {
        Self(bytes.into())
    }
}

#[cfg(test)]
mod tests;
