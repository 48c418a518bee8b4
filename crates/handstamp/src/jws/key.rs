//! Keys. Each belongs to one algorithm.

use std::fmt;

use super::{Algorithm, KeyError, SecretLength, Signature, hmac::HmacKey};
#[cfg(feature = "asymmetric")]
use super::{PemError, ecdsa, eddsa, key_file::KeyKind, rsa};

/// A key that makes signatures.
pub(crate) struct SigningKey {
    algorithm: Algorithm,
    family: SigningFamily,
}

enum SigningFamily {
    Hmac(HmacKey),
    #[cfg(feature = "asymmetric")]
    Rsa(rsa::PrivateKey),
    #[cfg(feature = "asymmetric")]
    Ecdsa(ecdsa::PrivateKey),
    #[cfg(feature = "asymmetric")]
    EdDsa(eddsa::PrivateKey),
}

impl SigningKey {
    pub(crate) fn hmac(
        algorithm: Algorithm,
        secret: &[u8],
        length: SecretLength,
    ) -> Result<Self, KeyError> {
        Ok(Self {
            algorithm,
            family: SigningFamily::Hmac(HmacKey::new(algorithm, secret, length)?),
        })
    }

    #[cfg(feature = "asymmetric")]
    pub(crate) fn from_pem(algorithm: Algorithm, pem: &[u8]) -> Result<Self, KeyError> {
        let family = match Pair::of(algorithm)? {
            Pair::Rsa(scheme) => SigningFamily::Rsa(rsa::PrivateKey::new(scheme, algorithm, pem)?),
            Pair::Ecdsa(scheme) => {
                SigningFamily::Ecdsa(ecdsa::PrivateKey::new(scheme, algorithm, pem)?)
            }
            Pair::EdDsa => SigningFamily::EdDsa(eddsa::PrivateKey::new(algorithm, pem)?),
        };
        Ok(Self { algorithm, family })
    }

    pub(crate) fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// Returns the key that verifies: the public half, or for HMAC the same key.
    #[cfg_attr(
        not(feature = "asymmetric"),
        expect(clippy::unnecessary_wraps, reason = "only key pairs can fail")
    )]
    pub(crate) fn verifying_key(&self) -> Result<VerifyingKey, KeyError> {
        let family = match &self.family {
            SigningFamily::Hmac(key) => VerifyingFamily::Hmac(key.share()),
            #[cfg(feature = "asymmetric")]
            SigningFamily::Rsa(key) => VerifyingFamily::Pair(key.public_half()?),
            #[cfg(feature = "asymmetric")]
            SigningFamily::Ecdsa(key) => VerifyingFamily::Pair(key.public_half()?),
            #[cfg(feature = "asymmetric")]
            SigningFamily::EdDsa(key) => VerifyingFamily::Pair(key.public_half()?),
        };
        Ok(VerifyingKey {
            algorithm: self.algorithm,
            family,
        })
    }

    /// Returns `None` if the crypto library fails.
    pub(crate) fn sign(&self, input: &[u8]) -> Option<Signature> {
        match &self.family {
            SigningFamily::Hmac(key) => key.sign(input),
            #[cfg(feature = "asymmetric")]
            SigningFamily::Rsa(key) => key.sign(input),
            #[cfg(feature = "asymmetric")]
            SigningFamily::Ecdsa(key) => key.sign(input),
            #[cfg(feature = "asymmetric")]
            SigningFamily::EdDsa(key) => key.sign(input),
        }
    }
}

/// A key that verifies signatures.
pub(crate) struct VerifyingKey {
    algorithm: Algorithm,
    family: VerifyingFamily,
}

enum VerifyingFamily {
    Hmac(HmacKey),
    /// Parsed once. The parsed key contains its algorithm, as ours does.
    #[cfg(feature = "asymmetric")]
    Pair(aws_lc_rs::signature::ParsedPublicKey),
}

impl VerifyingKey {
    pub(crate) fn hmac(
        algorithm: Algorithm,
        secret: &[u8],
        length: SecretLength,
    ) -> Result<Self, KeyError> {
        Ok(Self {
            algorithm,
            family: VerifyingFamily::Hmac(HmacKey::new(algorithm, secret, length)?),
        })
    }

    #[cfg(feature = "asymmetric")]
    pub(crate) fn from_pem(algorithm: Algorithm, pem: &[u8]) -> Result<Self, KeyError> {
        let key = match Pair::of(algorithm)? {
            Pair::Rsa(scheme) => rsa::public_key(scheme, algorithm, pem),
            Pair::Ecdsa(scheme) => ecdsa::public_key(scheme, algorithm, pem),
            Pair::EdDsa => eddsa::public_key(algorithm, pem),
        }?;
        Ok(Self {
            algorithm,
            family: VerifyingFamily::Pair(key),
        })
    }

    /// Creates a key of its numbers, which are of the kind that the algorithm needs.
    #[cfg(feature = "asymmetric")]
    pub(super) fn of_numbers(
        algorithm: Algorithm,
        numbers: &PublicNumbers,
    ) -> Result<Self, KeyError> {
        let key = match (Pair::of(algorithm)?, numbers) {
            (Pair::Rsa(scheme), PublicNumbers::Rsa { modulus, exponent }) => {
                rsa::of_numbers(scheme, modulus, exponent)
            }
            (Pair::Ecdsa(scheme), PublicNumbers::Point(point)) => ecdsa::of_point(scheme, point),
            (Pair::EdDsa, PublicNumbers::Point(point)) => eddsa::of_point(point),
            (Pair::Rsa(_), PublicNumbers::Point(_))
            | (Pair::Ecdsa(_) | Pair::EdDsa, PublicNumbers::Rsa { .. }) => Err(PemError::Rejected),
        }?;
        Ok(Self {
            algorithm,
            family: VerifyingFamily::Pair(key),
        })
    }

    pub(crate) fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    pub(crate) fn verify(&self, input: &[u8], signature: &Signature) -> bool {
        match &self.family {
            VerifyingFamily::Hmac(key) => key.verify(input, signature.as_bytes()),
            #[cfg(feature = "asymmetric")]
            VerifyingFamily::Pair(key) => key.verify_sig(input, signature.as_bytes()).is_ok(),
        }
    }
}

/// The numbers of a public key.
#[cfg(feature = "asymmetric")]
pub(super) enum PublicNumbers {
    /// Big-endian, without leading zeros.
    Rsa { modulus: Vec<u8>, exponent: Vec<u8> },
    /// Of a NIST curve or secp256k1, uncompressed; or the bytes of an Ed25519 key.
    Point(Vec<u8>),
}

/// Returns the kind of key that an algorithm needs; `None` for HMAC.
#[cfg(feature = "asymmetric")]
pub(super) fn kind_for(algorithm: Algorithm) -> Option<KeyKind> {
    Some(match Pair::of(algorithm).ok()? {
        Pair::Rsa(_) => KeyKind::Rsa,
        Pair::Ecdsa(scheme) => scheme.curve,
        Pair::EdDsa => KeyKind::Ed25519,
    })
}

/// The asymmetric algorithms, by family.
#[cfg(feature = "asymmetric")]
enum Pair {
    Rsa(&'static rsa::Scheme),
    Ecdsa(&'static ecdsa::Scheme),
    EdDsa,
}

#[cfg(feature = "asymmetric")]
impl Pair {
    fn of(algorithm: Algorithm) -> Result<Self, KeyError> {
        Ok(match algorithm {
            Algorithm::Hs256 | Algorithm::Hs384 | Algorithm::Hs512 => {
                return Err(PemError::NeedsSecret(algorithm).into());
            }
            Algorithm::Rs256 => Self::Rsa(&rsa::RS256),
            Algorithm::Rs384 => Self::Rsa(&rsa::RS384),
            Algorithm::Rs512 => Self::Rsa(&rsa::RS512),
            Algorithm::Ps256 => Self::Rsa(&rsa::PS256),
            Algorithm::Ps384 => Self::Rsa(&rsa::PS384),
            Algorithm::Ps512 => Self::Rsa(&rsa::PS512),
            Algorithm::Es256 => Self::Ecdsa(&ecdsa::ES256),
            Algorithm::Es384 => Self::Ecdsa(&ecdsa::ES384),
            Algorithm::Es512 => Self::Ecdsa(&ecdsa::ES512),
            Algorithm::Es256K => Self::Ecdsa(&ecdsa::ES256K),
            Algorithm::EdDsa => Self::EdDsa,
        })
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({}, [redacted])", self.algorithm)
    }
}

impl fmt::Debug for VerifyingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VerifyingKey({}, [redacted])", self.algorithm)
    }
}
