//! RS256 to RS512 and PS256 to PS512 (RFC 7518, sections 3.3 and 3.5).

use aws_lc_rs::{
    rand::SystemRandom,
    signature::{self, KeyPair, ParsedPublicKey, RsaEncoding, RsaKeyPair, RsaParameters},
};

use super::{
    Algorithm, PemError, Signature, der,
    key_file::{KeyFile, KeyKind, Layout},
};

/// Padding and hash. PSS salts have the length of the hash, in signing and in verification.
pub(super) struct Scheme {
    sign: &'static dyn RsaEncoding,
    verify: &'static RsaParameters,
}

pub(super) struct PrivateKey {
    scheme: &'static Scheme,
    pair: RsaKeyPair,
}

impl PrivateKey {
    pub(super) fn new(
        scheme: &'static Scheme,
        algorithm: Algorithm,
        pem: &[u8],
    ) -> Result<Self, PemError> {
        let file = KeyFile::private(algorithm, KeyKind::Rsa, pem)?;
        check_numbers(&file)?;
        let pair = match file.layout {
            Layout::Pkcs8 => RsaKeyPair::from_pkcs8(&file.der),
            _ => RsaKeyPair::from_der(&file.der),
        };
        let pair = pair.map_err(|_| PemError::Rejected)?;
        Ok(Self { scheme, pair })
    }

    pub(super) fn public_half(&self) -> Result<ParsedPublicKey, PemError> {
        ParsedPublicKey::new(self.scheme.verify, self.pair.public_key())
            .map_err(|_| PemError::Rejected)
    }

    pub(super) fn sign(&self, input: &[u8]) -> Option<Signature> {
        Signature::fill(self.pair.public_modulus_len(), |signature| {
            let random = SystemRandom::new();
            self.pair
                .sign(self.scheme.sign, &random, input, signature)
                .is_ok()
        })
    }
}

pub(super) fn public_key(
    scheme: &'static Scheme,
    algorithm: Algorithm,
    pem: &[u8],
) -> Result<ParsedPublicKey, PemError> {
    let file = KeyFile::public(algorithm, KeyKind::Rsa, pem)?;
    check_numbers(&file)?;
    ParsedPublicKey::new(scheme.verify, &file.der).map_err(|_| PemError::Rejected)
}

/// Creates a key of modulus and public exponent, big-endian without leading zeros.
pub(super) fn of_numbers(
    scheme: &'static Scheme,
    modulus: &[u8],
    exponent: &[u8],
) -> Result<ParsedPublicKey, PemError> {
    let file = KeyFile {
        layout: Layout::Pkcs1Public,
        der: der::sequence_of_two(modulus, exponent).ok_or(PemError::Damaged)?,
    };
    check_numbers(&file)?;
    ParsedPublicKey::new(scheme.verify, &file.der).map_err(|_| PemError::Rejected)
}

fn check_numbers(file: &KeyFile) -> Result<(), PemError> {
    let (modulus, exponent) = file.rsa_numbers().ok_or(PemError::Damaged)?;
    let leading_zeros = modulus
        .first()
        .map_or(0, |byte| byte.leading_zeros() as usize);
    let bits = modulus.len() * 8 - leading_zeros;
    if !(2048..=8192).contains(&bits) {
        return Err(PemError::RsaSize { bits });
    }
    if exponent == [1] || exponent.last().is_none_or(|byte| byte % 2 == 0) {
        return Err(PemError::RsaExponent);
    }
    if has_roca_fingerprint(modulus) {
        return Err(PemError::Roca);
    }
    Ok(())
}

/// Returns whether the modulus is a power of 65537 modulo each small prime. All primes of
/// Infineon's library were of this form (Nemec et al., "The Return of Coppersmith's Attack", CCS
/// 2017, section 2.3); of other keys, fewer than one in 2^27 match.
fn has_roca_fingerprint(modulus: &[u8]) -> bool {
    ROCA_PRIMES.into_iter().all(|prime| {
        let residue = modulus.iter().fold(0, |residue, &byte| {
            (residue * 256 + u32::from(byte)) % prime
        });
        let mut power = 1;
        (1..prime).any(|_| {
            power = power * 65537 % prime;
            power == residue
        })
    })
}

/// The odd primes below 168.
const ROCA_PRIMES: [u32; 38] = [
    3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97,
    101, 103, 107, 109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167,
];

pub(super) const RS256: Scheme = Scheme {
    sign: &signature::RSA_PKCS1_SHA256,
    verify: &signature::RSA_PKCS1_2048_8192_SHA256,
};
pub(super) const RS384: Scheme = Scheme {
    sign: &signature::RSA_PKCS1_SHA384,
    verify: &signature::RSA_PKCS1_2048_8192_SHA384,
};
pub(super) const RS512: Scheme = Scheme {
    sign: &signature::RSA_PKCS1_SHA512,
    verify: &signature::RSA_PKCS1_2048_8192_SHA512,
};
pub(super) const PS256: Scheme = Scheme {
    sign: &signature::RSA_PSS_SHA256,
    verify: &signature::RSA_PSS_2048_8192_SHA256,
};
pub(super) const PS384: Scheme = Scheme {
    sign: &signature::RSA_PSS_SHA384,
    verify: &signature::RSA_PSS_2048_8192_SHA384,
};
pub(super) const PS512: Scheme = Scheme {
    sign: &signature::RSA_PSS_SHA512,
    verify: &signature::RSA_PSS_2048_8192_SHA512,
};
