//! A signature's bytes, on the stack.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};

use super::JwsError;

/// At most as long as the longest signature that a key of ours makes.
pub(crate) struct Signature {
    bytes: [u8; CAPACITY],
    len: usize,
}

impl Signature {
    pub(crate) fn decode(segment: &[u8]) -> Result<Self, JwsError> {
        let mut bytes = [0; CAPACITY];
        let len = BASE64_URL_SAFE_NO_PAD
            .decode_slice(segment, &mut bytes)
            .map_err(|_| {
                JwsError::Malformed("signature is not canonical base64url, or too long")
            })?;
        Ok(Self { bytes, len })
    }

    /// None when longer than any signature we read.
    pub(super) fn copy(signature: &[u8]) -> Option<Self> {
        Self::fill(signature.len(), |bytes| {
            bytes.copy_from_slice(signature);
            true
        })
    }

    /// Lets `write` write that many bytes; None when it says that it could not.
    pub(super) fn fill(len: usize, write: impl FnOnce(&mut [u8]) -> bool) -> Option<Self> {
        let mut bytes = [0; CAPACITY];
        write(bytes.get_mut(..len)?).then_some(Self { bytes, len })
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        // `len` never passes CAPACITY: both constructors wrote that many bytes into the array.
        self.bytes.get(..self.len).unwrap_or_default()
    }
}

/// RSA with 8192 bits; without key pairs, HS512.
const CAPACITY: usize = if cfg!(feature = "asymmetric") {
    8192 / 8
} else {
    512 / 8
};
