//! `EdDSA` with Ed25519 (RFC 8037, section 3.1).

use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair, ParsedPublicKey};

use super::{
    Algorithm, PemError, Signature,
    key_file::{KeyFile, KeyKind},
};

pub(super) struct PrivateKey(Ed25519KeyPair);

impl PrivateKey {
    pub(super) fn new(algorithm: Algorithm, pem: &[u8]) -> Result<Self, PemError> {
        let file = KeyFile::private(algorithm, KeyKind::Ed25519, pem)?;
        // The public half is optional (RFC 5958, versions 2 and 1), and must match if present.
        Ed25519KeyPair::from_pkcs8(&file.der)
            .map(Self)
            .map_err(|_| PemError::Rejected)
    }

    pub(super) fn public_half(&self) -> Result<ParsedPublicKey, PemError> {
        ParsedPublicKey::new(&ED25519, self.0.public_key()).map_err(|_| PemError::Rejected)
    }

    pub(super) fn sign(&self, input: &[u8]) -> Option<Signature> {
        Signature::copy(self.0.try_sign(input).ok()?.as_ref())
    }
}

pub(super) fn public_key(algorithm: Algorithm, pem: &[u8]) -> Result<ParsedPublicKey, PemError> {
    let file = KeyFile::public(algorithm, KeyKind::Ed25519, pem)?;
    ParsedPublicKey::new(&ED25519, &file.der).map_err(|_| PemError::Rejected)
}

/// Creates a key of its 32 bytes (RFC 8032, section 5.1.5).
pub(super) fn of_point(point: &[u8]) -> Result<ParsedPublicKey, PemError> {
    ParsedPublicKey::new(&ED25519, point).map_err(|_| PemError::Rejected)
}
