//! The reasons to refuse the PEM of a key.

use std::{error::Error, fmt};

use super::{Algorithm, KeyError, key_file::KeyKind};

/// Describes the problem of a PEM and its remedy. Never shows a byte of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PemError {
    /// A PEM was given for an HMAC algorithm.
    NeedsSecret(Algorithm),
    NotPem,
    Damaged,
    UnknownLabel,
    Certificate,
    Encrypted,
    OpenSsh,
    PrivateForPublic,
    PublicForPrivate,
    WrongKind {
        algorithm: Algorithm,
        need: KeyKind,
        found: KeyKind,
    },
    RsaSize {
        bits: usize,
    },
    RsaExponent,
    Roca,
    Rejected,
}

impl fmt::Display for PemError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NeedsSecret(algorithm) => {
                return write!(
                    f,
                    "{algorithm} signs with a secret, not with a PEM; \
                     give a secret, or choose the algorithm that belongs to the key"
                );
            }
            Self::WrongKind {
                algorithm,
                need,
                found,
            } => {
                return write!(
                    f,
                    "{algorithm} needs {need}, and this is {found}; \
                     give the other key, or choose the algorithm that belongs to it"
                );
            }
            Self::RsaSize { bits } => {
                return write!(
                    f,
                    "the RSA key has {bits} bits, and 2048 to 8192 are allowed (RFC 7518, section 3.3); \
                     {MAKE_RSA}"
                );
            }
            Self::RsaExponent => {
                return write!(
                    f,
                    "the RSA key's public exponent is even or 1, which protects nothing; {MAKE_RSA}"
                );
            }
            Self::Roca => {
                return write!(
                    f,
                    "the RSA key has the mark of ROCA (CVE-2017-15361): \
                     its private half can be computed from the public one; {MAKE_RSA}"
                );
            }
            Self::NotPem => {
                "not a PEM; give the whole text from `-----BEGIN` to the last `-----`, with its line breaks or `\\n` for each"
            }
            Self::Damaged => "the PEM block is damaged or incomplete; copy it again, whole",
            Self::UnknownLabel => {
                "this kind of PEM block is not read; give `PUBLIC KEY`, `RSA PUBLIC KEY`, \
                 `PRIVATE KEY`, `RSA PRIVATE KEY` or `EC PRIVATE KEY`"
            }
            Self::Certificate => {
                "this is a certificate; \
                 take the key out of it with `openssl x509 -in cert.pem -pubkey -noout`"
            }
            Self::Encrypted => {
                "the private key is protected by a passphrase, and a service cannot type it; \
                 remove it with `openssl pkey -in key.pem -out plain.pem` and guard the file"
            }
            Self::OpenSsh => {
                "this is a private key in OpenSSH's own format; \
                 convert it with `ssh-keygen -p -m PKCS8 -f key`"
            }
            Self::PrivateForPublic => {
                "this is a private key where a public one belongs; \
                 `openssl pkey -in key.pem -pubout` gives the public half"
            }
            Self::PublicForPrivate => {
                "this is a public key, and signing needs the private one; give that"
            }
            Self::Rejected => {
                "the key is not valid: its parts do not fit together; make a new one"
            }
        })
    }
}

impl Error for PemError {}

impl From<PemError> for KeyError {
    fn from(error: PemError) -> Self {
        Self::Pem(error)
    }
}

const MAKE_RSA: &str =
    "make one with `openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:3072`";
