//! Key material, which is never shown.

use std::fmt;
use std::io::{self, Read};

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
    /// Reads a secret from a file, as `JWT_SECRET_KEY_FILE` is read: the whole content except the
    /// last line break, which editors and `echo` append.
    ///
    /// ```
    /// use handstamp::secret::Secret;
    ///
    /// let secret = Secret::read(&b"correct horse battery staple\n"[..])?;
    /// assert_eq!(secret.secret_bytes(), b"correct horse battery staple");
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Errors
    /// Returns the errors of the file, and [`InvalidData`](io::ErrorKind::InvalidData) if it is
    /// empty or longer than 64 KiB.
    pub fn read(file: impl Read) -> io::Result<Self> {
        let mut content = Vec::new();
        file.take(MAX_FILE_SIZE + 1).read_to_end(&mut content)?;
        let invalid = |problem| io::Error::new(io::ErrorKind::InvalidData, problem);
        if content.len() as u64 > MAX_FILE_SIZE {
            return Err(invalid("the file is too large for a key"));
        }
        if content.ends_with(b"\n") {
            content.pop();
            if content.ends_with(b"\r") {
                content.pop();
            }
        }
        if content.is_empty() {
            return Err(invalid("the file is empty"));
        }
        Ok(content.into())
    }

    /// Returns the bytes. The name is long so that each use is seen in review.
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

const MAX_FILE_SIZE: u64 = 64 * 1024;

#[cfg(test)]
mod tests;
