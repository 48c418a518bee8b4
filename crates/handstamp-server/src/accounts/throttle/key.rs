//! The key of the hashes under which attempts are counted.

use std::io;

use handstamp_axum::handstamp::secret::Secret;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use crate::storage::hex::hex;

/// Hashes what was typed as a name, so that the table does not show it: people sometimes type their
/// password there, and a hash without a key is guessed at millions a second.
///
/// It is derived from the signing key, which is not in the database and which all servers that
/// share one have. After a change of the signing key the counts start anew.
#[derive(Debug, Clone)]
pub(crate) struct Key(Hmac<Sha256>);

impl Key {
    /// Derives the key, so that the signing key itself hashes no text that a stranger chooses.
    pub(crate) fn derive(signing: &Secret) -> Self {
        let mut derived = keyed(signing.secret_bytes());
        derived.update(b"handstamp-server: counts of log-ins");
        Self(keyed(&derived.finalize().into_bytes()))
    }

    /// Returns a key that no other process has.
    pub(crate) fn random() -> io::Result<Self> {
        let mut key = [0; 32];
        getrandom::fill(&mut key).map_err(io::Error::other)?;
        Ok(Self(keyed(&key)))
    }

    /// Returns a hash of the texts. Each is followed by a byte that no text contains, so that two
    /// lists of texts never give the same input.
    pub(super) fn digest(&self, texts: &[&str]) -> String {
        let mut hash = self.0.clone();
        for text in texts {
            hash.update(text.as_bytes());
            hash.update(&[0]);
        }
        hex(&hash.finalize().into_bytes())
    }
}

#[expect(clippy::expect_used, reason = "HMAC takes a key of any length")]
fn keyed(key: &[u8]) -> Hmac<Sha256> {
    Hmac::new_from_slice(key).expect("HMAC takes a key of any length")
}

#[cfg(test)]
mod tests {
    use super::Key;

    #[test]
    fn a_hash_depends_on_the_key_and_on_each_text() {
        let key = |secret: &str| Key::derive(&secret.into());
        let hash = key("one").digest(&["alice", "7"]);
        assert_eq!(key("one").digest(&["alice", "7"]), hash, "on every node");
        for (name, other) in [
            ("another key", key("two").digest(&["alice", "7"])),
            ("another text", key("one").digest(&["alice", "8"])),
            ("another border", key("one").digest(&["alice7", ""])),
        ] {
            assert_ne!(other, hash, "{name}");
        }
        assert!(!format!("{:?}", key("one")).contains("one"));
    }
}
