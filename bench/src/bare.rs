//! The lower bound: HMAC-SHA256 by `hmac` and `sha2` with a prepared key, and nothing else.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::facts::SECRET;

pub struct Bare(Hmac<Sha256>);

impl Bare {
    /// # Panics
    /// Never: HMAC takes keys of any length.
    #[must_use]
    pub fn new() -> Self {
        Self(Hmac::new_from_slice(SECRET).unwrap())
    }

    /// Returns whether the decoded signature is valid, compared in constant time.
    #[inline(never)]
    #[must_use]
    pub fn verify(&self, input: &[u8], signature: &[u8]) -> bool {
        let mac = self.0.clone().chain_update(input);
        mac.verify_slice(signature).is_ok()
    }

    #[inline(never)]
    #[must_use]
    pub fn sign(&self, input: &[u8]) -> [u8; 32] {
        let mac = self.0.clone().chain_update(input);
        mac.finalize().into_bytes().into()
    }
}

impl Default for Bare {
    fn default() -> Self {
        Self::new()
    }
}
