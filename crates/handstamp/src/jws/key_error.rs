//! Why a key is refused when it is loaded.

use std::{error::Error, fmt};

use super::{Algorithm, KeyId};
#[cfg(feature = "asymmetric")]
use super::{JwkError, PemError};

/// Describes the problem of a key and its remedy. Never shows a byte of the key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum KeyError {
    EmptySecret,
    /// The secret is white space alone.
    BlankSecret,
    /// The secret is one character over and over: a placeholder, or memory that was never filled.
    RepeatedCharacter,
    ShortSecret {
        algorithm: Algorithm,
        have: usize,
        need: usize,
    },
    /// The secret is a key of an asymmetric algorithm, in this format.
    SecretIsKey(&'static str),
    /// A secret was given for an asymmetric algorithm.
    NotForSecrets(Algorithm),
    /// Two keys of the set have the same id and algorithm.
    DuplicateKeyId(KeyId, Algorithm),
    #[cfg(feature = "asymmetric")]
    Pem(PemError),
    #[cfg(feature = "asymmetric")]
    Jwk(JwkError),
}

impl fmt::Display for KeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::EmptySecret => write!(f, "the secret is empty; {MAKE_SECRET}"),
            Self::BlankSecret => {
                write!(f, "the secret is white space alone; {MAKE_SECRET}")
            }
            Self::RepeatedCharacter => {
                write!(
                    f,
                    "the secret is one character over and over; {MAKE_SECRET}"
                )
            }
            Self::ShortSecret {
                algorithm,
                have,
                need,
            } => write!(
                f,
                "the secret has {have} bytes and {algorithm} needs at least {need} \
                 (RFC 7518, section 3.2); {MAKE_SECRET}"
            ),
            Self::SecretIsKey(format) => write!(
                f,
                "the secret is a key ({format}), and any holder of its public half could sign tokens; \
                 {MAKE_SECRET}, or choose the algorithm that belongs to the key"
            ),
            Self::NotForSecrets(algorithm) => write!(
                f,
                "{algorithm} signs with a private key, not with a secret; \
                 give a PEM, or choose HS256, HS384 or HS512"
            ),
            Self::DuplicateKeyId(id, algorithm) => write!(
                f,
                "two {algorithm} keys have the key id \"{id}\"; give each its own"
            ),
            #[cfg(feature = "asymmetric")]
            Self::Pem(error) => error.fmt(f),
            #[cfg(feature = "asymmetric")]
            Self::Jwk(error) => error.fmt(f),
        }
    }
}

impl Error for KeyError {}

const MAKE_SECRET: &str = "make one with `openssl rand -base64 64`";
