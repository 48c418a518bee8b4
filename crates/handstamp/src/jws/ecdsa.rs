//! ES256, ES384, ES512 (RFC 7518, section 3.4) and ES256K (RFC 8812, section 3.2). A signature is r
//! followed by s, each at full width.

use aws_lc_rs::{
    rand::SystemRandom,
    signature::{
        self, EcdsaKeyPair, EcdsaSigningAlgorithm, EcdsaVerificationAlgorithm, KeyPair,
        ParsedPublicKey,
    },
};

use super::{
    Algorithm, PemError, Signature,
    key_file::{KeyFile, KeyKind},
};

/// Curve and hash.
pub(super) struct Scheme {
    pub(super) curve: KeyKind,
    sign: &'static EcdsaSigningAlgorithm,
    verify: &'static EcdsaVerificationAlgorithm,
}

pub(super) struct PrivateKey {
    scheme: &'static Scheme,
    pair: EcdsaKeyPair,
}

impl PrivateKey {
    pub(super) fn new(
        scheme: &'static Scheme,
        algorithm: Algorithm,
        pem: &[u8],
    ) -> Result<Self, PemError> {
        let file = KeyFile::private(algorithm, scheme.curve, pem)?;
        let pair = EcdsaKeyPair::from_private_key_der(scheme.sign, &file.der)
            .map_err(|_| PemError::Rejected)?;
        Ok(Self { scheme, pair })
    }

    pub(super) fn public_half(&self) -> Result<ParsedPublicKey, PemError> {
        ParsedPublicKey::new(self.scheme.verify, self.pair.public_key())
            .map_err(|_| PemError::Rejected)
    }

    pub(super) fn sign(&self, input: &[u8]) -> Option<Signature> {
        let signature = self.pair.sign(&SystemRandom::new(), input).ok()?;
        Signature::copy(signature.as_ref())
    }
}

pub(super) fn public_key(
    scheme: &'static Scheme,
    algorithm: Algorithm,
    pem: &[u8],
) -> Result<ParsedPublicKey, PemError> {
    let file = KeyFile::public(algorithm, scheme.curve, pem)?;
    ParsedPublicKey::new(scheme.verify, &file.der).map_err(|_| PemError::Rejected)
}

/// Creates a key of a point, uncompressed (SEC 1, section 2.3.3). One that is not on the curve is
/// rejected.
pub(super) fn of_point(scheme: &'static Scheme, point: &[u8]) -> Result<ParsedPublicKey, PemError> {
    ParsedPublicKey::new(scheme.verify, point).map_err(|_| PemError::Rejected)
}

pub(super) const ES256: Scheme = Scheme {
    curve: KeyKind::P256,
    sign: &signature::ECDSA_P256_SHA256_FIXED_SIGNING,
    verify: &signature::ECDSA_P256_SHA256_FIXED,
};
pub(super) const ES384: Scheme = Scheme {
    curve: KeyKind::P384,
    sign: &signature::ECDSA_P384_SHA384_FIXED_SIGNING,
    verify: &signature::ECDSA_P384_SHA384_FIXED,
};
pub(super) const ES512: Scheme = Scheme {
    curve: KeyKind::P521,
    sign: &signature::ECDSA_P521_SHA512_FIXED_SIGNING,
    verify: &signature::ECDSA_P521_SHA512_FIXED,
};
pub(super) const ES256K: Scheme = Scheme {
    curve: KeyKind::Secp256k1,
    sign: &signature::ECDSA_P256K1_SHA256_FIXED_SIGNING,
    verify: &signature::ECDSA_P256K1_SHA256_FIXED,
};
