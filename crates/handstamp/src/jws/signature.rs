//! The bytes of a signature, on the stack.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};

use super::JwsError;

/// A signature, at most as long as the longest one that a supported key makes.
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

    /// Returns `None` if the signature is longer than any supported one.
    pub(super) fn copy(signature: &[u8]) -> Option<Self> {
        Self::fill(signature.len(), |bytes| {
            bytes.copy_from_slice(signature);
            true
        })
    }

    /// Lets `write` fill this many bytes. Returns `None` if it fails.
    pub(super) fn fill(len: usize, write: impl FnOnce(&mut [u8]) -> bool) -> Option<Self> {
        let mut bytes = [0; CAPACITY];
        write(bytes.get_mut(..len)?).then_some(Self { bytes, len })
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        // `len` never exceeds CAPACITY: both constructors filled that many bytes of the array.
        self.bytes.get(..self.len).unwrap_or_default()
    }
}

/// RSA with 8192 bits; without asymmetric algorithms, HS512.
const CAPACITY: usize = if cfg!(feature = "asymmetric") {
    8192 / 8
} else {
    512 / 8
};
