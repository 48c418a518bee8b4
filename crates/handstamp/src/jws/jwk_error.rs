//! The reasons to refuse a key in JSON.

use std::{error::Error, fmt};

use super::{Algorithm, KeyError, key_file::KeyKind};

/// Describes the problem of a JWK or a set of them, and its remedy. Never shows a value of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum JwkError {
    NotJson,
    NotSet,
    SingleKey,
    Repeated,
    Symmetric,
    Private(&'static str),
    /// A member that is absent, or not a string.
    Member(&'static str),
    NotBase64(&'static str),
    Length {
        member: &'static str,
        have: usize,
        need: usize,
    },
    KeyOperations,
    KeyId,
    WrongAlgorithm {
        algorithm: Algorithm,
        found: KeyKind,
    },
}

impl fmt::Display for JwkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotJson => f.write_str("not JSON; give the whole text of the issuer's JWK Set"),
            Self::NotSet => f.write_str(
                "not a JWK Set (RFC 7517, section 5); give an object with the member `keys`, \
                 an array of keys",
            ),
            Self::SingleKey => {
                f.write_str("this is a single JWK; put it into a set: `{\"keys\": […]}`")
            }
            Self::Repeated => f.write_str(
                "a member stands twice (RFC 7517, section 4); copy the set again from its issuer",
            ),
            Self::Symmetric => f.write_str(
                "a symmetric key (`oct`), and whoever verifies with it could sign as well; \
                 give public keys alone",
            ),
            Self::Private(member) => write!(
                f,
                "the private member `{member}`, which only the issuer may have; \
                 give public keys alone, and let the issuer replace this one"
            ),
            Self::Member(member) => write!(
                f,
                "no text in the member `{member}`; copy the set again from its issuer"
            ),
            Self::NotBase64(member) => write!(
                f,
                "the member `{member}` is not canonical base64url; \
                 copy the set again from its issuer"
            ),
            Self::Length { member, have, need } => write!(
                f,
                "the member `{member}` has {have} bytes, and the curve needs {need}; \
                 copy the set again from its issuer"
            ),
            Self::KeyOperations => f.write_str(
                "the member `key_ops` is not an array of texts; \
                 copy the set again from its issuer",
            ),
            Self::KeyId => f.write_str(
                "the member `kid` is not a key id: 1 to 128 characters of printable ASCII, \
                 without \" and \\; let the issuer name the key so",
            ),
            Self::WrongAlgorithm { algorithm, found } => write!(
                f,
                "its `alg` is {algorithm}, and this is {found}; \
                 copy the set again from its issuer"
            ),
        }
    }
}

impl Error for JwkError {}

impl From<JwkError> for KeyError {
    fn from(error: JwkError) -> Self {
        Self::Jwk(error)
    }
}
