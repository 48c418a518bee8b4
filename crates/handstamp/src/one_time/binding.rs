//! What a one-time token is bound to, as a seal in the token.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ctutils::CtEq as _;
use sha2::{Digest as _, Sha256};

use crate::error::IssueError;
use crate::jws::{KeySet, Signature};

/// Values, of which only a hash is kept.
#[derive(Clone, Default)]
pub(super) struct Binding(Sha256);

impl Binding {
    /// Adds a value, after its length: no two lists of values have one hash.
    pub(super) fn add(&mut self, value: &[u8]) {
        self.0.update((value.len() as u64).to_be_bytes());
        self.0.update(value);
    }

    /// Returns the seal for the token with this audience and id: a MAC by the secret that signs.
    ///
    /// Lenient: with a key pair there is no secret, and the seal is a SHA-256. Risk: who has the
    /// token tests guesses of the value. Covered: the id is a salt, and the documentation says to
    /// bind what cannot be guessed. The signature holds the seal in any case.
    pub(super) fn seal(
        &self,
        keys: &KeySet,
        audience: &str,
        id: &str,
    ) -> Result<String, IssueError> {
        let text = self.text(audience, id);
        Ok(match keys.mac(&text) {
            Some(mac) => URL_SAFE_NO_PAD.encode(mac?.as_bytes()),
            None => URL_SAFE_NO_PAD.encode(Sha256::digest(&text)),
        })
    }

    /// Compares in constant time. A MAC by a previous secret counts while its tokens do.
    pub(super) fn is_sealed_by(&self, seal: &str, keys: &KeySet, audience: &str, id: &str) -> bool {
        let Ok(seal) = Signature::decode(seal.as_bytes()) else {
            return false;
        };
        let text = self.text(audience, id);
        let digest = Sha256::digest(&text);
        keys.is_mac(&text, &seal) || digest.as_slice().ct_eq(seal.as_bytes()).to_bool()
    }

    /// Returns the text that is sealed: it begins as no token does.
    fn text(&self, audience: &str, id: &str) -> Vec<u8> {
        let values: [u8; 32] = self.0.clone().finalize().into();
        let mut text = b"\0handstamp one-time token\0".to_vec();
        for part in [audience.as_bytes(), id.as_bytes(), &values] {
            text.extend_from_slice(&(part.len() as u64).to_be_bytes());
            text.extend_from_slice(part);
        }
        text
    }
}

/// Shows nothing of the values.
impl fmt::Debug for Binding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Binding([redacted])")
    }
}
