//! JSON Web Signatures in compact serialization (RFC 7515), parsed strictly.

mod algorithm;
mod base64url;
mod compact;
mod der;
#[cfg(feature = "asymmetric")]
mod ecdsa;
#[cfg(feature = "asymmetric")]
mod eddsa;
mod header;
mod hmac;
#[cfg(feature = "asymmetric")]
pub(crate) mod jwk;
#[cfg(feature = "asymmetric")]
mod jwk_error;
mod key;
mod key_error;
#[cfg(feature = "asymmetric")]
mod key_file;
mod key_id;
mod key_set;
mod not_a_secret;
#[cfg(feature = "asymmetric")]
mod pem;
#[cfg(feature = "asymmetric")]
mod pem_error;
#[cfg(feature = "asymmetric")]
mod rsa;
mod signature;

#[cfg(test)]
pub(crate) mod tests;

pub use algorithm::Algorithm;

pub(crate) use compact::{Compact, JwsError, MAX_TOKEN_LEN};
pub(crate) use header::{Header, TokenType};
pub(crate) use hmac::SecretLength;
#[cfg(feature = "asymmetric")]
pub(crate) use jwk_error::JwkError;
pub(crate) use key::{SigningKey, VerifyingKey};
pub(crate) use key_error::KeyError;
pub(crate) use key_id::KeyId;
pub(crate) use key_set::{KeySet, SignError};
#[cfg(feature = "asymmetric")]
pub(crate) use pem_error::PemError;
pub(crate) use signature::Signature;
