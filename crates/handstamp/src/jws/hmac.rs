//! HS256, HS384, HS512 (RFC 7518, section 3.2).

use std::sync::Arc;

use ::hmac::block_api::HmacCore;
use ::hmac::digest::block_api::{Buffer, FixedOutputCore, UpdateCore};
use ::hmac::digest::common::Output;
use ::hmac::{EagerHash, KeyInit};
use ctutils::CtEq as _;
use sha2::{Sha256, Sha384, Sha512};

use super::{Algorithm, KeyError, Signature, not_a_secret};

/// The minimum length of a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SecretLength {
    /// At least the length of the hash (RFC 7518, section 3.2).
    Rfc7518,
    /// Any length but zero.
    Waived,
}

/// The keyed states of the MAC; each use starts from a copy of them.
pub(super) struct HmacKey(Arc<Prepared>);

enum Prepared {
    Sha256(HmacCore<Sha256>),
    Sha384(HmacCore<Sha384>),
    Sha512(HmacCore<Sha512>),
}

impl HmacKey {
    pub(super) fn new(
        algorithm: Algorithm,
        secret: &[u8],
        length: SecretLength,
    ) -> Result<Self, KeyError> {
        let need = match algorithm {
            Algorithm::Hs256 => SHORTEST,
            Algorithm::Hs384 => 48,
            Algorithm::Hs512 => 64,
            _ => return Err(KeyError::NotForSecrets(algorithm)),
        };
        if secret.is_empty() {
            return Err(KeyError::EmptySecret);
        }
        if secret.trim_ascii().is_empty() {
            return Err(KeyError::BlankSecret);
        }
        if length == SecretLength::Rfc7518 && is_one_character(secret) {
            return Err(KeyError::RepeatedCharacter);
        }
        if let Some(format) = not_a_secret::key_format(secret) {
            return Err(KeyError::SecretIsKey(format));
        }
        if length == SecretLength::Rfc7518 && secret.len() < need {
            return Err(KeyError::ShortSecret {
                algorithm,
                have: secret.len(),
                need,
            });
        }
        Ok(Self(Arc::new(match algorithm {
            Algorithm::Hs384 => Prepared::Sha384(prepare(secret)),
            Algorithm::Hs512 => Prepared::Sha512(prepare(secret)),
            _ => Prepared::Sha256(prepare(secret)),
        })))
    }

    /// Returns the same key for verification, without a copy of the secret.
    pub(super) fn share(&self) -> Self {
        Self(Arc::clone(&self.0))
    }

    pub(super) fn sign(&self, input: &[u8]) -> Option<Signature> {
        match &*self.0 {
            Prepared::Sha256(mac) => Signature::copy(&tag(mac, input)),
            Prepared::Sha384(mac) => Signature::copy(&tag(mac, input)),
            Prepared::Sha512(mac) => Signature::copy(&tag(mac, input)),
        }
    }

    /// Compares in constant time. A signature of another length than the hash never matches.
    pub(super) fn verify(&self, input: &[u8], signature: &[u8]) -> bool {
        match &*self.0 {
            Prepared::Sha256(mac) => tag(mac, input).as_slice().ct_eq(signature).to_bool(),
            Prepared::Sha384(mac) => tag(mac, input).as_slice().ct_eq(signature).to_bool(),
            Prepared::Sha512(mac) => tag(mac, input).as_slice().ct_eq(signature).to_bool(),
        }
    }
}

/// Returns whether the secret is a character that people type, or a NUL, over and over. Of several
/// wrong things that a short one is, its length is named.
fn is_one_character(secret: &[u8]) -> bool {
    let Ok(text) = str::from_utf8(secret) else {
        return false;
    };
    let mut characters = text.chars();
    let first = characters.next();
    let is_typed = first.is_some_and(|first| first == '\0' || !first.is_control());
    secret.len() >= SHORTEST && is_typed && characters.all(|other| Some(other) == first)
}

/// The minimum length of a secret for HS256, in bytes.
const SHORTEST: usize = 32;

#[expect(
    clippy::expect_used,
    reason = "HMAC takes keys of any length (RFC 2104, section 2)"
)]
fn prepare<D: EagerHash>(secret: &[u8]) -> HmacCore<D> {
    HmacCore::new_from_slice(secret).expect("any length")
}

/// As `Hmac` does it, without a copy of its buffer, which is empty.
fn tag<D: EagerHash>(prepared: &HmacCore<D>, input: &[u8]) -> Output<HmacCore<D>> {
    let mut mac = prepared.clone();
    let mut buffer = Buffer::<HmacCore<D>>::default();
    buffer.digest_blocks(input, |blocks| mac.update_blocks(blocks));
    let mut tag = Output::<HmacCore<D>>::default();
    mac.finalize_fixed_core(&mut buffer, &mut tag);
    tag
}
