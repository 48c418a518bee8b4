//! The header parameter `kid` (RFC 7515, section 4.1.4).

use std::{error::Error, fmt};

/// The id of a key. It states which of several keys signed a token, so that keys can be rotated.
///
/// One to 128 characters of printable ASCII, without `"` and `\`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct KeyId(Box<str>);

impl KeyId {
    /// Returns the id as text.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<&str> for KeyId {
    type Error = InvalidKeyId;

    fn try_from(name: &str) -> Result<Self, Self::Error> {
        // Characters that JSON does not escape: header.rs writes the id as it is.
        let plain = |byte| matches!(byte, b' '..=b'~') && byte != b'"' && byte != b'\\';
        if (1..=MAX_LEN).contains(&name.len()) && name.bytes().all(plain) {
            Ok(Self(name.into()))
        } else {
            Err(InvalidKeyId)
        }
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Error of a text that is not a valid [`KeyId`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct InvalidKeyId;

impl fmt::Display for InvalidKeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "a key id has 1 to {MAX_LEN} characters of printable ASCII, without \" and \\"
        )
    }
}

impl Error for InvalidKeyId {}

const MAX_LEN: usize = 128;
